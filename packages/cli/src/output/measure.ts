/** Columns of a terminal that a text without control characters takes. */
export type Measure = (text: string) => number

/** Latin letters and our own marks are one column each; they need no tables. */
const narrow = /^[ -~\u00c0-\u024f\u25cb\u25cf\u25d0]*$/

/** Measuring anything else loads the tables of Unicode, a quarter of a short command's time: only when needed. */
export async function measureFor(texts: readonly string[]): Promise<Measure> {
  if (texts.every((text) => narrow.test(text))) return (text) => text.length
  const { default: stringWidth } = await import('string-width')
  const known = new Map<string, number>() // it takes some microseconds for each character, and is asked for the same texts again
  return (text) => {
    if (narrow.test(text)) return text.length
    const width = known.get(text) ?? stringWidth(text)
    known.set(text, width)
    return width
  }
}
