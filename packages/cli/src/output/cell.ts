/** What one column says of one row. Null is absent; a record is a list of labels. */
export type Cell = string | number | boolean | null | readonly string[] | Readonly<Record<string, string>>

/** The cell in words: labels as `a=1, b=2`, several words as `a, b`, null as `none`, true and false as Python writes them. */
export function cellText(cell: Cell, none: string): string {
  if (cell === null) return none
  if (typeof cell === 'boolean') return cell ? 'True' : 'False'
  if (typeof cell !== 'object') return String(cell)
  if (isWords(cell)) return cell.join(', ')
  return Object.entries(cell)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

export const isWords = (cell: Cell): cell is readonly string[] => Array.isArray(cell)

/** A list ready to be written: one row for each line of it, one cell for each title. */
export interface Table {
  readonly titles: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** The rows as objects with the titles as keys, as JSON and YAML have them. */
export function toObjects({ titles, rows }: Table): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(titles.map((title, column) => [title, row[column] ?? null])))
}
