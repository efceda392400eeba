import { safeText } from '../safe-text.js'
import { cellText } from './cell.js'
import type { Cell, Table } from './cell.js'
import { fitWidths } from './fit-widths.js'
import type { Mark, Marks } from './marks.js'
import { paint, withGlyph } from './marks.js'
import { measureFor } from './measure.js'

export interface TableOptions {
  /** Columns of the terminal to fit into, by wrapping cells. Default: every cell is one line, however wide. */
  readonly fitTo?: number | undefined
  /** Print border and titles of a table without rows too. Default: it is one blank line. */
  readonly printEmpty?: boolean
  /** What is shown for null. Default: nothing. */
  readonly none?: string
  /** Marks of the values of each column, coloured. Default: plain words. */
  readonly marks?: readonly (Marks | undefined)[]
  /** Whether the marks of the first column colour the whole row instead of their cell. */
  readonly marksRow?: boolean
  /** Whether marks have their glyph. */
  readonly glyphs?: boolean
}

/**
 * Renders rows as OpenStack's cliff does: a box of `+---+`, integers right-aligned, the rest left-aligned; the first
 * row decides how a column is aligned. No cell can break its line or act on a terminal. Widths are those of a
 * terminal, so wide characters and emoji line up.
 */
export async function renderTable({ titles, rows }: Table, options: TableOptions = {}): Promise<string> {
  const { fitTo, printEmpty = false, none = '', marks = [], marksRow = false, glyphs = false } = options
  const [first] = rows
  if (first === undefined && !printEmpty) return '\n'
  const markOf = (cell: Cell, column: number) => (typeof cell === 'string' ? marks[column]?.(cell) : undefined)
  const shown = rows.map((row) => row.map((cell, column) => withGlyph(safeText(cellText(cell, none)), glyphs ? markOf(cell, column) : undefined)))
  const measure = await measureFor([titles, ...shown].flat())

  const natural = titles.map((title, column) => shown.reduce((width, texts) => Math.max(width, measure(texts[column] ?? '')), measure(title)))
  const widths = fitTo === undefined ? natural : fitWidths(natural, titles.map(measure), fitTo)
  const isNarrowed = widths.some((width, column) => width < (natural[column] ?? 0))
  const wrapText = isNarrowed ? (await import('./wrap-text.js')).wrapText : undefined // its Unicode classes take some ms to make
  const isRight = titles.map((_, column) => typeof first?.[column] === 'number')

  const pad = (text: string, column: number, mark?: Mark): string => {
    const spaces = ' '.repeat(Math.max(0, (widths[column] ?? 0) - measure(text)))
    return isRight[column] ? spaces + paint(text, mark) : paint(text, mark) + spaces
  }
  const frame = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const body = shown.map((texts, index) => {
    const cells = texts.map((text, column) => (wrapText && measure(text) > (widths[column] ?? 0) ? wrapText(text, widths[column] ?? 0, measure) : [text]))
    const height = Math.max(...cells.map((lines) => lines.length))
    const rowMark = marksRow ? markOf(rows[index]?.[0] ?? null, 0) : undefined
    const markOfCell = (column: number) => (rowMark ? undefined : markOf(rows[index]?.[column] ?? null, column))
    const lines = Array.from({ length: height }, (_, line) => paint(frame(cells.map((cell, column) => pad(cell[line] ?? '', column, markOfCell(column)))).slice(0, -1), rowMark))
    return `${lines.join('\n')}\n`
  })
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  return [border, frame(titles.map((title, column) => pad(title, column))), border, ...body, border].join('')
}
