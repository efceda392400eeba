import type { Options } from 'yargs'
import parser from 'yargs-parser'

export type OptionTable = Readonly<Record<string, Options>>

/** Only what is documented: no `--a.b`, no `--no-x`; `--group a --group b` but not `--group a b`; a word is text, `007` too. */
export const parserRules = { 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false, 'greedy-arrays': false, 'parse-positional-numbers': false }

/**
 * Parses words with the parser that yargs itself uses, without the rest of yargs. Undefined when something is wrong
 * with an option's value: yargs can say what. Unknown options are left to the caller.
 */
export function parseQuickly(options: OptionTable, words: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  const table = Object.entries(options)
  const named = (has: (option: Options) => boolean): string[] => table.filter(([, option]) => has(option)).map(([name]) => name)
  const { argv, error } = parser.detailed([...words], {
    string: named(({ type }) => type === 'string'),
    boolean: named(({ type }) => type === 'boolean'),
    array: named(({ array }) => array === true),
    alias: Object.fromEntries(table.map(([name, { alias = [] }]) => [name, [alias].flat()])),
    default: Object.fromEntries(table.filter(([, option]) => option.default !== undefined).map(([name, option]) => [name, option.default as unknown])),
    narg: Object.fromEntries(named(({ requiresArg }) => requiresArg === true).map((name) => [name, NaN])), // at least one, as yargs has it
    configuration: parserRules,
  })
  const isChoice = ([name, { choices }]: [string, Options]): boolean => choices === undefined || argv[name] === undefined || [argv[name]].flat().every((value) => choices.includes(value as string))
  return error === null && table.every(isChoice) ? argv : undefined
}
