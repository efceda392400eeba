import { InvalidArgument } from '@muster/common'

import type { Io } from '../io.js'

const formats = ['table', 'json', 'yaml', 'csv', 'value'] as const

export type Format = (typeof formats)[number]

/** What `-w` can write. */
export type WatchFormat = 'table' | 'json'

/** @throws InvalidArgument for formats that have no changes */
export function watchFormat(format: Format): WatchFormat {
  if (format === 'table' || format === 'json') return format
  throw new InvalidArgument('watch', `-w writes a table or json, not ${format}`)
}

const quoteModes = ['all', 'minimal', 'none', 'nonnumeric'] as const

export type QuoteMode = (typeof quoteModes)[number]

/** cliff's options of a list. `-f` is always the format. */
export const outputOptions = {
  format: { alias: 'f', type: 'string', choices: formats, default: 'table', requiresArg: true, describe: 'How to print' },
  column: { alias: 'c', type: 'string', array: true, requiresArg: true, describe: 'Only this column; may be repeated, in any case, _ for a space' },
  'sort-column': { type: 'string', array: true, requiresArg: true, describe: 'Sort by this column; may be repeated, the weightiest first' },
  'sort-ascending': { type: 'boolean', describe: 'Sort from the smallest up (as it is without this)' },
  'sort-descending': { type: 'boolean', describe: 'Sort from the largest down' },
  'max-width': { type: 'string', requiresArg: true, describe: 'table: wrap cells to fit into so many columns (CLIFF_MAX_TERM_WIDTH); 0: do not' },
  'fit-width': { type: 'boolean', describe: 'table: wrap cells to fit into the terminal (CLIFF_FIT_WIDTH=1)' },
  'print-empty': { type: 'boolean', describe: 'table: print the titles even without rows' },
  quote: { type: 'string', choices: quoteModes, default: 'nonnumeric', requiresArg: true, describe: 'csv: what stands in quotes' },
  noindent: { type: 'boolean', describe: 'json: on one line' },
} as const

/** The options of a list as they were given. */
export interface OutputArguments {
  readonly format: Format
  readonly column?: readonly string[] | undefined
  readonly 'sort-column'?: readonly string[] | undefined
  readonly 'sort-ascending'?: boolean | undefined
  readonly 'sort-descending'?: boolean | undefined
  readonly 'max-width'?: string | undefined
  readonly 'fit-width'?: boolean | undefined
  readonly 'print-empty'?: boolean | undefined
  readonly quote: QuoteMode
  readonly noindent?: boolean | undefined
}

/**
 * How wide a table may be: as asked by option or environment, else as the terminal is if it is to fit into one.
 * Undefined where nothing was asked and stdout is no terminal: what is piped is never wrapped.
 */
export function widthLimit(args: OutputArguments, { env, columns }: Pick<Io, 'env' | 'columns'>, fitsByItself: boolean): number | undefined {
  const most = wholeNumber('--max-width', args['max-width']) ?? wholeNumber('CLIFF_MAX_TERM_WIDTH', env.CLIFF_MAX_TERM_WIDTH) ?? 0
  const asked = (wholeNumber('CLIFF_FIT_WIDTH', env.CLIFF_FIT_WIDTH) ?? 0) !== 0
  if (most > 0) return most
  const fits = fitsByItself || asked || args['fit-width'] === true
  return fits && columns !== 0 ? columns : undefined // a terminal that does not know says 0
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^[-+]?\d+$/.test(text)) return Number(text)
  throw new InvalidArgument(name, `${name}: '${text}' is not a whole number`)
}
