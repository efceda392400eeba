import { didYouMean, InvalidArgument } from '@muster/common'
import type { Argv, InferredOptionTypes, Options } from 'yargs'

import { withConfig } from './config/with-config.js'
import { hideSecrets } from './hide-secrets.js'
import type { Io } from './io.js'
import { parseQuickly, parserRules } from './parse-quickly.js'
import type { OptionTable } from './parse-quickly.js'
import { report } from './report.js'

type Arguments<O extends OptionTable> = ReturnType<Argv<InferredOptionTypes<O>>['parseSync']>

/** The word that a command takes besides its options. */
export interface Argument {
  /** As help writes it: `GROUP`. */
  readonly name: string
  /** What completion offers for it. */
  readonly of: LiveValue
  readonly isOptional?: boolean
  /** Whether there may be several of it. Default false. */
  readonly isMany?: boolean
}

/** What completion can ask for. */
export type LiveValue = 'group' | 'name' | 'hostname' | 'type' | 'lock' | 'service' | 'token' | 'webhook' | 'cluster' | 'url' | 'file' | 'time'

interface CommandDefinition<O extends OptionTable> {
  readonly name: string
  /** Stands above the list of options: what it does, then examples. */
  readonly help: string
  readonly options: O
  readonly argument?: Argument
  /** True if it runs the words after `--`. */
  readonly takesCommand?: boolean
  /** True if no file of settings is of any use to it. */
  readonly readsNoConfig?: boolean
  /** Resolves with the exit status. `argument` is there unless it is optional; `all` is all of them, where there may be several. */
  run(args: Arguments<O>, io: Io, command: readonly string[], argument: string | undefined, all: readonly string[]): Promise<number>
}

/** One word of `svc`, with its own options. Resolves with the exit status; throws InvalidArgument for words it does not know. */
export interface Command {
  readonly help: string
  readonly options: OptionTable
  readonly argument: Argument | undefined
  /** True if it runs the words after `--`. */
  readonly takesCommand: boolean
  run(words: readonly string[], io: Io): Promise<number>
}

const configOption = { config: { type: 'string', requiresArg: true, describe: 'File of settings (SVC_CONFIG, else ~/.config/muster/svc.yaml, else /etc/muster/svc.yaml)' } } as const

/** Makes a command of its options and what it does; `--help`, unknown words and repeated options are seen to here. */
export function defineCommand<O extends OptionTable>(definition: CommandDefinition<O>): Command {
  const { name, help, argument, takesCommand = false, readsNoConfig = false } = definition
  const options: O = readsNoConfig ? definition.options : { ...definition.options, ...configOption }
  return {
    help,
    options,
    argument,
    takesCommand,
    async run(words, io) {
      const end = words.indexOf('--')
      const own = end < 0 ? words : words.slice(0, end)
      if (own.some((word) => word === '--help' || word === '-h')) {
        const parser = await makeParser(name, options)
        await io.write(`${help}\n\n${await parser.wrap(Math.min(100, io.columns ?? 100)).getHelp()}\n`)
        return 0
      }
      // yargs takes as long to load as Node to start half-way; its own parser alone is enough for words that are right.
      const args = (parseQuickly(options, own) as Arguments<O> | undefined) ?? (await makeParser(name, options)).parseSync([...own])
      hideSecrets(args, io)
      refuseUnknown({ ...definition, options }, args)
      if (end >= 0 && !takesCommand) throw usageError(name, `svc ${name} runs no command: leave out --`)
      const command = end < 0 ? [] : words.slice(end + 1)
      if (takesCommand && command.length === 0) throw usageError(name, `Which command? Write it after --: svc ${name}${argument ? ` ${argument.name}` : ''} -- sleep 600`)
      const all = args._ as string[]
      const start = (surroundings: Io): Promise<number> => definition.run(args, surroundings, command, argument && all[0], all)
      if (readsNoConfig) return start(io)
      const settled = await withConfig(io, (args as { readonly config?: string }).config)
      return settled === io ? start(io) : start(settled).catch((error: unknown) => report(error, settled)) // the file may say how much of an error is told
    },
  }
}

/** yargs with these options: it writes the help, and says what is wrong with wrong words by throwing InvalidArgument. */
async function makeParser<O extends OptionTable>(name: string, options: O): Promise<Argv<InferredOptionTypes<O>>> {
  const { default: yargs } = await import('yargs')
  return yargs()
    .options(options)
    .option('help', { alias: 'h', type: 'boolean', describe: 'Show this' })
    .help(false)
    .version(false)
    .detectLocale(false)
    .updateStrings(plainWords)
    .parserConfiguration(parserRules)
    .fail((reason: string) => {
      throw usageError(name, reason.trim())
    }) as Argv<InferredOptionTypes<O>>
}

/** yargs's sentences in plainer words; a blank one is left out. */
const plainWords = {
  'Invalid values:': ' ',
  'Argument: %s, Given: %s, Choices: %s': '--%s: %s is not one of %s',
  'Not enough arguments following: %s': '--%s needs a value',
}

function usageError(name: string, reason: string): InvalidArgument {
  return new InvalidArgument('arguments', reason, { hint: `See svc ${name} --help` })
}

type ParsedWords = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] }

function refuseUnknown({ name, options, argument, takesCommand }: Omit<CommandDefinition<OptionTable>, 'run'>, args: ParsedWords): void {
  const spellings = ([option, { alias = [] }]: [string, Options]): string[] => [option, ...[alias].flat()].map(written)
  const known = Object.entries(options).flatMap(spellings)
  const repeatable = Object.entries(options).filter(([, { array }]) => array === true).flatMap(spellings)
  for (const [option, value] of Object.entries(args)) {
    if (option === '_' || option === '$0') continue
    if (!known.includes(written(option))) throw usageError(name, `svc ${name} has no option ${written(option)}.${option.length > 1 ? didYouMean(written(option), known) : ''}`)
    if (Array.isArray(value) && !repeatable.includes(written(option))) throw usageError(name, `${written(option)} may be given only once`)
  }
  const [first, stray] = argument ? args._ : [undefined, ...args._]
  if (argument && !argument.isOptional && !first) throw usageError(name, `Which ${argument.of}? Write svc ${name} ${argument.name}${takesCommand ? ' -- COMMAND' : ''}`)
  if (stray === undefined || argument?.isMany === true) return
  const given = first === undefined ? '' : ` ${first}`
  throw usageError(name, takesCommand ? `Write the command after --: svc ${name}${given} -- ${stray}` : `svc ${name} takes no ${argument ? 'second ' : ''}argument '${stray}'`)
}

const written = (option: string): string => (option.length > 1 ? `--${option}` : `-${option}`)
