import { loadAll } from '../command-table.js'
import type { CommandTable } from '../command-table.js'
import type { Io } from '../io.js'
import { safeText } from '../safe-text.js'
import { liveValues } from './live-values.js'
import { suggest } from './suggest.js'

/** What there is to choose from besides the commands' own words. */
interface Words {
  readonly commands: CommandTable
  readonly builtIns: readonly string[]
}

/**
 * `svc complete -- WORDS`: prints what the last of the words may be, one candidate a line, with a description behind a tab.
 * The scripts call it at each press of the key; what goes wrong there must not disturb the prompt.
 */
export async function complete(words: readonly string[], io: Io, { commands, builtIns }: Words): Promise<number> {
  try {
    const typed = joinEquals(words[0] === '--' ? words.slice(1) : words).map(unquote)
    const candidates = await suggest(typed, {
      commands: await loadAll(commands),
      builtIns,
      live: (value, before, options) => liveValues(value, before, options, io),
    })
    await io.write(candidates.filter(({ value }) => safeText(value) === value).map(({ value, description }) => `${value}\t${description}\n`).join(''))
  } catch {
    // No candidates.
  }
  return 0
}

/** Bash tells `--group=x` as three words. */
function joinEquals(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const last = joined.at(-1)
    if (last !== undefined && last.startsWith('--') && (word === '=' || last.endsWith('='))) joined[joined.length - 1] = last + word
    else joined.push(word)
  }
  return joined
}

/** Shells tell words as they were typed: with quotes, perhaps not closed yet, and backslashes. */
function unquote(word: string): string {
  const [, quote, inside] = /^(['"])(.*?)\1?$/s.exec(word) ?? []
  if (quote !== undefined) return inside ?? ''
  return word.replace(/\\(.)/gs, '$1')
}
