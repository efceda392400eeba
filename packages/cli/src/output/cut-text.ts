import type { Measure } from './measure.js'

const segmenter = new Intl.Segmenter('en')

/** As much of a text as fits into `width` columns, with `mark` at its end where something is left out. What is shown as one is not torn apart. */
export function cutText(text: string, width: number, measure: Measure, mark: string): string {
  if (measure(text) <= width) return text
  const room = width - measure(mark)
  let [shown, used] = ['', 0]
  for (const { segment } of segmenter.segment(text)) {
    used += measure(segment)
    if (used > room) break
    shown += segment
  }
  return room < 0 ? '' : shown.trimEnd() + mark
}

/** Blanks behind a text, up to `width` columns. */
export const padTo = (text: string, width: number, measure: Measure): string => text + ' '.repeat(Math.max(0, width - measure(text)))
