import { didYouMean, InvalidArgument } from '@muster/common'

import type { Command } from './command.js'
import type { Io } from './io.js'
import { report } from './report.js'
import { packageVersion } from './version.js'

/** Loaded only when run: what one command needs never slows another. */
const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  list: () => import('./commands/list.js'),
  groups: () => import('./commands/groups.js'),
  run: () => import('./commands/run.js'),
  serve: () => import('./commands/serve.js'),
}

const help = `  svc list                     the workers that are alive
  svc list --group vitrage     those of one group
  svc run -- sleep 600         run a command as a worker: listed until it ends
  svc groups                   the groups and how many members they have
  svc serve                    answer over HTTP on http://127.0.0.1:8999

svc COMMAND --help tells a command's options; svc --version the version.
Looks at --endpoint or --backend, else SVC_ENDPOINT, else SVC_BACKEND, else this host's embedded store.
Exits with 0 ok, 1 failure, 3 not found, 4 not allowed, 64 usage, 69 unreachable, 124 timed out.
`

/** Runs `svc` with these words, the name of the program left out. Resolves with the exit status; never rejects. */
export async function main(words: readonly string[], io: Io): Promise<number> {
  try {
    const [first = '--help', ...rest] = words
    if (first === '--help' || first === '-h' || first === 'help') {
      await io.write(help)
      return 0
    }
    if (first === '--version') {
      await io.write(`${packageVersion()}\n`)
      return 0
    }
    const { command } = await load(first)
    return await command.run(rest, io)
  } catch (error) {
    return report(error, io)
  }
}

function load(name: string): Promise<{ command: Command }> {
  const known = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (known) return known()
  const what = name.startsWith('-') ? 'option' : 'command'
  throw new InvalidArgument('command', `svc has no ${what} ${name}.${didYouMean(name, [...Object.keys(commands), '--help', '--version'])}`, { hint: 'See svc --help' })
}
