import { safeJson } from './safe-text.js'
import type { Cell } from './table.js'
import { renderTable } from './table.js'

/** `-f` is always the format. */
export const formatOption = {
  format: { alias: 'f', type: 'string', choices: ['table', 'json'], default: 'table', requiresArg: true, describe: 'How to print' },
} as const

/** Renders rows in one of cliff's formats: `json` is a list of objects keyed by the titles, with null for what is absent. */
export async function formatRows(format: string, titles: readonly string[], rows: readonly (readonly Cell[])[]): Promise<string> {
  if (format === 'table') return renderTable(titles, rows)
  const objects = rows.map((row) => Object.fromEntries(titles.map((title, column) => [title, row[column] ?? null])))
  return `${safeJson(objects, 2)}\n`
}

/** The same JSON in ASCII alone, as Python's json writes it. */
export const asciiJson = (json: string): string => json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
