import { InvalidArgument } from '@muster/common'

import type { Io } from '../io.js'
import { say } from '../io.js'
import type { Cell, Table } from './cell.js'
import { findColumn, noColumn, selectColumns } from './columns.js'
import type { Marks } from './marks.js'
import { markingFor } from './marks.js'
import { widthLimit } from './options.js'
import type { OutputArguments } from './options.js'
import { sortRows } from './sort-rows.js'
import type { Order } from './sort-rows.js'
import { renderTable } from './table.js'
import type { TableOptions } from './table.js'

/** A column of a list of `Row`s. */
export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row, now: number) => Cell
  /** What a table says instead, for people; programs compare the value. Default: the value. */
  readonly inTable?: (row: Row) => string
  /** Listed only where `-c` names it. Default false. */
  readonly onRequest?: boolean
  /** Not on a page that is redrawn in place, unless `-c` names it. Default false. */
  readonly isDetail?: boolean
  /** Its values that are marked on a terminal. */
  readonly marks?: Marks
}

/** Prints the rows. `now`: the time to count durations from, default the present one. */
export type ListPrinter<Row> = (rows: readonly Row[], now?: number) => Promise<void>

/** Writes the rows as text, of a sorted list only the first `limit`. */
export type ListRenderer<Row> = (rows: readonly Row[], options?: { readonly now?: number; readonly limit?: number }) => Promise<string>

export interface ListOptions<Row> {
  /** To the byte as the stock client prints it, on a terminal too. */
  readonly stock?: boolean
  /** Stands before all others in a table, whatever `-c` names, and its marks colour the whole row. */
  readonly lead?: Column<Row>
}

/** Makes what prints a list: see `listRenderer`. */
export function listPrinter<Row>(columns: readonly Column<Row>[], args: OutputArguments, io: Io, options?: ListOptions<Row>): ListPrinter<Row> {
  const render = listRenderer(columns, args, io, options)
  return async (rows, now) => io.write(await render(rows, now === undefined ? {} : { now }))
}

/**
 * Makes what writes a list as the options ask, in any format, from its columns: the one way for every command that
 * lists. Columns that it cannot be sorted by are told once, unknown ones at once.
 * @throws InvalidArgument for wrong options, before anything is read
 */
export function listRenderer<Row>(columns: readonly Column<Row>[], args: OutputArguments, io: Io, { stock = false, lead }: ListOptions<Row> = {}): ListRenderer<Row> {
  const titles = columns.map(({ title }) => title)
  const usual = columns.flatMap(({ onRequest = false }, index) => (onRequest ? [] : [index]))
  const chosen = args.column === undefined ? usual : selectColumns(args.column, titles)
  const order = orderOf(args, titles, io)
  const marking = stock ? 'plain' : markingFor(io)
  const shown = [...(lead ? [lead] : []), ...chosen.flatMap((index) => columns[index] ?? [])]
  const fitTo = (): number | undefined => widthLimit(args, io, !stock) // a terminal may become another size
  fitTo()
  const layout: TableOptions = {
    printEmpty: args['print-empty'] === true,
    none: stock ? 'None' : '',
    marks: marking === 'plain' ? [] : shown.map(({ marks }) => marks),
    marksRow: lead !== undefined,
    glyphs: marking === 'colour and glyph',
  }
  const unsortable = new Set<number>()
  const tellUnsortable = (column: number): void => {
    if (!unsortable.has(column)) say(io, `cannot sort by ${titles[column] ?? ''}: its values have no order`)
    unsortable.add(column)
  }
  return (rows, { now = Date.now(), limit } = {}) => {
    const cellOf = ({ value, inTable }: Column<Row>, row: Row): Cell => (inTable && args.format === 'table' ? inTable(row) : value(row, now))
    const all = rows.map((row) => [...columns, ...(lead ? [lead] : [])].map((column) => cellOf(column, row)))
    const sorted = sortRows(all, order, tellUnsortable).slice(0, limit)
    const pick = (line: readonly Cell[]): Cell[] => [...(lead ? line.slice(-1) : []), ...chosen.map((index) => line[index] ?? null)]
    return render({ titles: shown.map(({ title }) => title), rows: sorted.map(pick) }, args, io, { ...layout, fitTo: fitTo() })
  }
}

function orderOf(args: OutputArguments, titles: readonly string[], io: Io): Order {
  if (args['sort-ascending'] && args['sort-descending']) throw new InvalidArgument('sort-descending', 'Give --sort-ascending or --sort-descending, not both')
  const by = (args['sort-column'] ?? []).flatMap((word) => {
    const index = findColumn(word, titles)
    if (index !== undefined) return [index]
    const { message, hint } = noColumn(word, titles)
    say(io, `Not sorted by it: ${message} ${hint}`)
    return []
  })
  return { by, descending: args['sort-descending'] === true }
}

/** Formats other than the table are loaded when asked for: what one needs never slows another. */
async function render(table: Table, { format, noindent, quote }: OutputArguments, io: Io, layout: TableOptions): Promise<string> {
  switch (format) {
    case 'table':
      return renderTable(table, layout)
    case 'json':
      return (await import('./json.js')).renderJson(table, { indent: noindent !== true })
    case 'yaml':
      return (await import('./yaml.js')).renderYaml(table)
    case 'csv':
      return (await import('./csv.js')).renderCsv(table, { quote, safe: io.columns !== undefined })
    case 'value':
      return (await import('./value.js')).renderValues(table)
  }
}
