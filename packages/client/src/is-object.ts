/** True for anything with properties: the first look at a value of unknown origin. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
