import type { Marking } from '../output/marks.js'
import type { Paint } from '../style.js'

export interface Counts {
  readonly completed: number
  readonly failed: number
  readonly total: number
}

/** Each part is another sign, so that colour is never the only one. */
const signs = {
  fine: { done: '━', failed: '╍', open: '─' },
  plain: { done: '#', failed: 'x', open: '-' },
} as const

/** How many of `width` cells are done, failed and open: what is there has a cell, and only what is over is full. */
export function shares({ completed, failed, total }: Counts, width: number): { readonly done: number; readonly failed: number; readonly open: number } {
  const isOver = completed + failed >= total
  const bad = failed === 0 ? 0 : Math.min(width - Number(completed > 0), Math.max(1, Math.round((failed / total) * width)))
  const most = width - bad - Number(!isOver)
  const done = isOver ? most : Math.max(0, Math.min(most, Math.max(Number(completed > 0), Math.floor((completed / total) * width))))
  return { done, failed: bad, open: Math.max(0, width - done - bad) }
}

export function bar(counts: Counts, width: number, marking: Marking, paint: Paint): string {
  const sign = marking === 'colour and glyph' ? signs.fine : signs.plain
  const { done, failed, open } = shares(counts, width)
  const part = (style: 'green' | 'red' | 'dim', text: string): string => (text === '' ? '' : paint(style, text))
  return part('green', sign.done.repeat(done)) + part('red', sign.failed.repeat(failed)) + part('dim', sign.open.repeat(open))
}
