/** A JSON Schema (2020-12). */
export type Schema = Readonly<Record<string, unknown>>

/** An object's keys with their schemas, in the order in which they are written; all of `T`'s. */
export type Properties<T> = { readonly [key in keyof Required<T>]: Schema }

export interface ObjectSchema<T> extends Schema {
  readonly type: 'object'
  readonly properties: Properties<T>
}

/** An object that has all these keys, except the optional ones. */
export function objectOf<T>(description: string, properties: Properties<T>, optional: readonly (keyof T & string)[] = []): ObjectSchema<T> {
  const required = Object.keys(properties).filter((key) => !optional.some((other) => other === key))
  return { type: 'object', description, required, properties }
}

export const text: Schema = { type: 'string' }
export const textOrNull: Schema = { type: ['string', 'null'] }
export const count: Schema = { type: 'integer', minimum: 0 }
export const flag: Schema = { type: 'boolean' }
export const time: Schema = { type: 'string', format: 'date-time' }
export const timeOrNull: Schema = { type: ['string', 'null'], format: 'date-time' }
export const textMap: Schema = { type: 'object', additionalProperties: { type: 'string' } }
export const listOf = (items: Schema): Schema => ({ type: 'array', items })
export const oneOf = (...words: readonly (string | null)[]): Schema => ({ enum: words })
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
