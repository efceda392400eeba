/** The same JSON in ASCII alone: what Python programs, terminals and logs can all take. */
export const toAscii = (json: string): string => json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
