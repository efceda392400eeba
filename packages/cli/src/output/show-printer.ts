import type { Io } from '../io.js'
import { safeText } from '../safe-text.js'
import { cellText } from './cell.js'
import type { Cell } from './cell.js'
import { selectColumns } from './columns.js'
import { asciiJson } from './json.js'
import { listRenderer } from './list-printer.js'
import type { Column } from './list-printer.js'
import { outputOptions } from './options.js'

const formats = ['table', 'json', 'yaml', 'value'] as const

/** cliff's options of one thing. */
export const showOptions = {
  format: { ...outputOptions.format, choices: formats },
  column: { ...outputOptions.column, describe: 'Only this field; may be repeated, in any case, _ for a space' },
  'max-width': outputOptions['max-width'],
  'fit-width': outputOptions['fit-width'],
  noindent: outputOptions.noindent,
} as const

interface ShowArguments {
  readonly format: (typeof formats)[number]
  readonly column?: readonly string[] | undefined
  readonly 'max-width'?: string | undefined
  readonly 'fit-width'?: boolean | undefined
  readonly noindent?: boolean | undefined
}

interface Field {
  readonly title: string
  readonly cell: Cell
}

/** Makes what prints one thing, a line for each of its columns, as cliff does. @throws InvalidArgument for wrong options, before anything is read */
export function showPrinter<Row>(columns: readonly Column<Row>[], args: ShowArguments, io: Io): (row: Row, now?: number) => Promise<void> {
  const titles = columns.map(({ title }) => title)
  const chosen = args.column === undefined ? columns : selectColumns(args.column, titles).flatMap((index) => columns[index] ?? [])
  const fieldColumns: readonly Column<Field>[] = [
    { title: 'Field', value: ({ title }) => title },
    { title: 'Value', value: ({ cell }) => cellText(cell, '') },
  ]
  const renderTable = listRenderer(fieldColumns, { ...args, column: undefined, format: 'table', quote: 'nonnumeric' }, io)
  return async (row, now = Date.now()) => {
    const fields = chosen.map(({ title, value }) => ({ title, cell: value(row, now) }))
    const object = Object.fromEntries(fields.map(({ title, cell }) => [title, cell]))
    switch (args.format) {
      case 'table':
        return io.write(await renderTable(fields))
      case 'json':
        return io.write(`${asciiJson(object, args.noindent === true ? undefined : 2)}\n`)
      case 'yaml':
        return io.write((await import('./yaml.js')).renderYamlMapping(object))
      case 'value':
        return io.write(fields.map(({ cell }) => `${safeText(cellText(cell, 'None'))}\n`).join(''))
    }
  }
}
