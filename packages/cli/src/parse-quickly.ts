import { parseArgs } from 'node:util'

import type { Options } from 'yargs'

export type OptionTable = Readonly<Record<string, Options>>

/** Only what is documented: no `--a.b`, no `--no-x`; `--group a --group b` but not `--group a b`; a word is text, `007` too. */
export const parserRules = { 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false, 'greedy-arrays': false, 'parse-positional-numbers': false }

/** `-f=json`, and quotes that the shell has left in: yargs takes the sign and the quotes away. */
const yargsOwn = /^-[^-]+=|["']$/

/**
 * Parses words that are right as yargs would, without yargs, which takes as long to load as Node to start half-way. Undefined
 * when something is wrong with them, or only yargs knows what they mean: yargs can say what.
 */
export function parseQuickly(options: OptionTable, words: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (words.some((word) => yargsOwn.test(word))) return undefined
  const table = Object.entries(options)
  const parsed = parse(table, words)
  if (parsed === undefined) return undefined
  const found: Record<string, unknown> = { _: parsed.positionals }
  for (const [name, { array = false, choices, default: otherwise, alias = [] }] of table) {
    const given: readonly unknown[] = parsed.values[name] ?? []
    if (!array && given.length > 1) return undefined
    if (choices !== undefined && !given.every((value) => choices.includes(value as string))) return undefined
    const value = given.length === 0 ? (otherwise as unknown) : array ? given : given[0]
    if (value !== undefined) for (const spelling of [name, ...[alias].flat()]) found[spelling] = value
  }
  return found
}

function parse(table: readonly (readonly [string, Options])[], words: readonly string[]): { readonly values: Readonly<Record<string, readonly unknown[] | undefined>>; readonly positionals: readonly string[] } | undefined {
  const options = table.map(([name, { type, alias }]) => [name, { type: type === 'boolean' ? 'boolean' : 'string', multiple: true, ...(typeof alias === 'string' && { short: alias }) }] as const)
  try {
    return parseArgs({ args: [...words], options: Object.fromEntries(options), allowPositionals: true })
  } catch {
    return undefined
  }
}
