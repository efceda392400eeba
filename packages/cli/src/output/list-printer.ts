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
  /** Listed only where `-c` names it. Default false. */
  readonly onRequest?: boolean
  /** Its values that are marked on a terminal. */
  readonly marks?: Marks
}

/** Prints the rows. `now`: the time to count durations from, default the present one. */
export type ListPrinter<Row> = (rows: readonly Row[], now?: number) => Promise<void>

/**
 * Makes what prints a list as the options ask, in any format, from its columns: the one way for every command that
 * lists. `stock`: to the byte as the stock client prints it, on a terminal too. Unknown columns to sort by are told
 * at once. @throws InvalidArgument for wrong options, before anything is read
 */
export function listPrinter<Row>(columns: readonly Column<Row>[], args: OutputArguments, io: Io, { stock = false }: { readonly stock?: boolean } = {}): ListPrinter<Row> {
  const titles = columns.map(({ title }) => title)
  const usual = columns.flatMap(({ onRequest = false }, index) => (onRequest ? [] : [index]))
  const chosen = args.column === undefined ? usual : selectColumns(args.column, titles)
  const order = orderOf(args, titles, io)
  const marking = stock ? 'plain' : markingFor(io)
  const layout: TableOptions = {
    fitTo: widthLimit(args, io, !stock),
    printEmpty: args['print-empty'] === true,
    none: stock ? 'None' : '',
    marks: marking === 'plain' ? [] : chosen.map((index) => columns[index]?.marks),
    glyphs: marking === 'colour and glyph',
  }
  return async (rows, now = Date.now()) => {
    const all = rows.map((row) => columns.map(({ value }) => value(row, now)))
    const sorted = sortRows(all, order, (column) => say(io, `cannot sort by ${titles[column] ?? ''}: its values have no order`))
    const pick = <T>(line: readonly T[]): T[] => line.filter((_, index) => chosen.includes(index))
    await io.write(await render({ titles: pick(titles), rows: sorted.map(pick) }, args, io, layout))
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
