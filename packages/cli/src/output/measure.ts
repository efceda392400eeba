/** Columns of a terminal that a text without control characters takes. */
export type Measure = (text: string) => number

/** Latin letters and our own marks are one column each; they need no tables. */
const narrow = /^[ -~\u00c0-\u024f●○]*$/

/** Measuring anything else loads the tables of Unicode, a quarter of a short command's time: only when needed. */
export async function measureFor(texts: readonly string[]): Promise<Measure> {
  return texts.every((text) => narrow.test(text)) ? (text) => text.length : (await import('string-width')).default
}
