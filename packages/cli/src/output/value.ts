import { safeText } from '../safe-text.js'
import { cellText } from './cell.js'
import type { Table } from './cell.js'

/** The cells of each row between spaces, without titles. A row is always one line: control characters are shown as `\n`. */
export function renderValues({ rows }: Table): string {
  return rows.map((row) => `${row.map((cell) => safeText(cellText(cell, 'None'))).join(' ')}\n`).join('')
}
