import type { Column } from './list-printer.js'
import type { Format } from './options.js'

/** Of a table the columns that say something of any of these rows; other formats have all of them. */
export function tellingColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[], format: Format): readonly Column<Row>[] {
  if (format !== 'table') return columns
  const says = ({ inTable, value }: Column<Row>, row: Row): boolean => !['', null].includes((inTable ? inTable(row) : value(row, 0)) as string | null)
  return columns.map((column) => (rows.some((row) => says(column, row)) ? column : { ...column, onRequest: true }))
}
