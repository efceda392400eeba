import type { Options } from 'yargs'

import type { Command, LiveValue } from '../command.js'
import { findCommand, secondWords } from '../command-table.js'
import { firstSentence } from '../help/help.js'
import { topics } from '../help/topics.js'
import { parseQuickly } from '../parse-quickly.js'
import type { OptionTable } from '../parse-quickly.js'
import { shells } from './shells.js'

/** A word that may come next. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

export interface Vocabulary {
  readonly commands: ReadonlyMap<string, Command>
  readonly builtIns: readonly string[]
  /** What is there now; resolves to none rather than late. */
  live(value: LiveValue, typed: readonly string[], options: OptionTable): Promise<readonly string[]>
}

const liveOptions = ['group', 'name', 'hostname', 'type'] as const

/** What may stand at the place of the last word, given those before it; `words` begin behind `svc`. */
export async function suggest(words: readonly string[], vocabulary: Vocabulary): Promise<readonly Candidate[]> {
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ''
  const candidates = await candidatesFor(before, current, vocabulary)
  return candidates.filter(({ value }) => value.startsWith(current.startsWith('--') && current.includes('=') ? current.slice(current.indexOf('=') + 1) : current))
}

async function candidatesFor(before: readonly string[], current: string, vocabulary: Vocabulary): Promise<readonly Candidate[]> {
  const [first, ...others] = before
  if (first === undefined) return firstWords(vocabulary)
  if (first === 'completion') return others.length === 0 ? plain(shells) : []
  if (first === 'help') return others.length === 0 ? [...plain(Object.keys(topics)), ...commandWords(vocabulary)] : secondOf(others, vocabulary)
  const found = findCommand((name) => vocabulary.commands.has(name), before)
  if (found === undefined) return secondOf(before, vocabulary)
  const typed = found.rest
  const command = vocabulary.commands.get(found.name)
  if (command === undefined || typed.includes('--')) return []

  const [, inline] = /^--([^=]+)=/.exec(current) ?? []
  const option = inline ?? optionOf(typed.at(-1), command.options)
  if (option !== undefined) return valuesOf(option, typed, command, vocabulary)
  return [...(current.startsWith('-') ? [] : await argumentsOf(command, typed, vocabulary)), ...optionWords(command, typed)]
}

function firstWords(vocabulary: Vocabulary): Candidate[] {
  const help = { help: 'Tells of commands and topics', completion: 'Prints a script for a shell' }
  const builtIns = vocabulary.builtIns.map((value) => ({ value, description: value in help ? help[value as keyof typeof help] : '' }))
  return [...commandWords(vocabulary), ...builtIns, { value: '--help', description: 'Shows how to begin' }, { value: '--version', description: 'Prints the version' }]
}

/** The first words of the commands: one of two words is offered once. */
function commandWords({ commands }: Vocabulary): Candidate[] {
  const words = new Map<string, string>()
  for (const [name, { help }] of commands) {
    const [first = ''] = name.split(' ')
    if (!words.has(first)) words.set(first, firstSentence(help))
  }
  return [...words].map(([value, description]) => ({ value, description }))
}

/** The second word of a command of two. */
function secondOf(words: readonly string[], { commands }: Vocabulary): Candidate[] {
  const [first = '', ...more] = words
  return more.length > 0 ? [] : secondWords(commands.keys(), first).map((value) => ({ value, description: firstSentence(commands.get(`${first} ${value}`)?.help ?? '') }))
}

const plain = (values: readonly string[]): Candidate[] => values.map((value) => ({ value, description: '' }))

/** The option that waits for its value behind this word. */
function optionOf(word: string | undefined, options: OptionTable): string | undefined {
  const name = word?.replace(/^--?/, '')
  if (word === undefined || name === word || name === undefined) return undefined
  const found = Object.entries(options).find(([option, { alias = [] }]) => option === name || [alias].flat().includes(name))
  return found !== undefined && takesValue(found[1]) ? found[0] : undefined
}

const takesValue = ({ type }: Options): boolean => type !== 'boolean'

async function valuesOf(option: string, typed: readonly string[], { options }: Command, vocabulary: Vocabulary): Promise<readonly Candidate[]> {
  const { choices, array } = options[option] ?? {}
  if (choices !== undefined) return plain(choices.map(String))
  const isFilter = array === true || option === 'group' // of svc run, a name is a new one
  return isFilter && isLive(option) ? plain(await vocabulary.live(option, typed, options)) : []
}

/** What its argument may be, unless it was given. */
async function argumentsOf({ argument, options }: Command, typed: readonly string[], vocabulary: Vocabulary): Promise<readonly Candidate[]> {
  const given = parseQuickly(options, typed)?._ as readonly string[] | undefined
  if (argument === undefined || given === undefined || (given.length > 0 && argument.isMany !== true)) return []
  return plain((await vocabulary.live(argument.of, typed, options)).filter((value) => !given.includes(value)))
}

const isLive = (option: string): option is (typeof liveOptions)[number] => (liveOptions as readonly string[]).includes(option)

function optionWords({ options, takesCommand }: Command, typed: readonly string[]): Candidate[] {
  const free = Object.entries(options).filter(([name, { array }]) => array === true || !typed.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)))
  return [
    ...free.map(([name, { describe }]) => ({ value: `--${name}`, description: describe ?? '' })),
    { value: '--help', description: 'Shows the options' },
    ...(takesCommand ? [{ value: '--', description: 'The command comes next' }] : []),
  ]
}
