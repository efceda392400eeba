import { safeText } from '../safe-text.js'
import { cellText } from './cell.js'
import type { Cell, Table } from './cell.js'
import type { QuoteMode } from './options.js'

export interface CsvOptions {
  readonly quote: QuoteMode
  /** Show control characters as `\n` or `\x1b`, instead of keeping the values as they are. */
  readonly safe: boolean
}

/**
 * The rows under a line of titles, as Python's csv writes them for cliff: a quote is doubled and a backslash escaped
 * wherever they are; with `none` a backslash stands before everything that would need quotes.
 */
export function renderCsv({ titles, rows }: Table, options: CsvOptions): string {
  return [titles, ...rows].map((cells) => `${cells.map((cell) => field(cell, cells.length === 1, options)).join(',')}\n`).join('')
}

function field(cell: Cell, alone: boolean, { quote, safe }: CsvOptions): string {
  const text = safe ? safeText(cellText(cell, '')) : cellText(cell, '')
  if (quote === 'none') return text.replace(/[\\",\n]/g, String.raw`\$&`)
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '""')
  return needsQuotes(cell, text, quote, alone) ? `"${escaped}"` : escaped
}

function needsQuotes(cell: Cell, text: string, quote: Exclude<QuoteMode, 'none'>, alone: boolean): boolean {
  if (quote === 'all') return true
  if (quote === 'nonnumeric' && typeof cell !== 'number' && typeof cell !== 'boolean') return true
  return /[",\n]/.test(text) || (alone && text === '') // an empty line would be no row
}
