import { didYouMean, InvalidArgument } from '@muster/common'

import { findCommand, loadAll } from '../command-table.js'
import type { CommandTable } from '../command-table.js'
import type { Io } from '../io.js'
import { topics } from './topics.js'

/** `svc help TOPIC`, `svc help COMMAND`; alone it lists both. Resolves with the exit status. @throws InvalidArgument */
export async function help(words: readonly string[], io: Io, commands: CommandTable): Promise<number> {
  const found = findCommand((name) => Object.hasOwn(commands, name), words)
  const [word, ...others] = words
  const [stray] = found?.rest ?? others
  if (stray !== undefined) throw new InvalidArgument('arguments', `svc help takes one word, not '${stray}' as well`, { hint: 'See svc help' })
  if (word === undefined || word === '--help' || word === '-h') {
    await io.write(await overview(commands))
    return 0
  }
  const topic = Object.hasOwn(topics, word) ? topics[word] : undefined
  if (topic !== undefined) {
    await io.write(topic())
    return 0
  }
  const load = found && commands[found.name]
  if (load === undefined) {
    throw new InvalidArgument('arguments', `svc help knows no ${word}.${didYouMean(word, [...Object.keys(topics), ...Object.keys(commands)])}`, { hint: 'See svc help' })
  }
  return (await load()).command.run(['--help'], io)
}

async function overview(commands: CommandTable): Promise<string> {
  const rows = [...(await loadAll(commands))].map(([name, { help: text }]) => `  svc help ${name.padEnd(23)}${firstSentence(text)}`)
  return `Commands:\n${rows.join('\n')}\n\nTopics:\n${Object.keys(topics).map((topic) => `  svc help ${topic}\n`).join('')}\nsvc --help shows how to begin.\n`
}

/** Up to its full stop, without it. */
export const firstSentence = (text: string): string => text.split(/\.(?:\s|$)|\n/)[0] ?? ''
