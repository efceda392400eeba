import { didYouMean, InvalidArgument } from '@muster/common'

import type { Command } from './command.js'
import { findCommand, secondWords } from './command-table.js'
import type { CommandTable } from './command-table.js'
import type { Io } from './io.js'
import { report } from './report.js'
import { packageVersion } from './version.js'

const commands: CommandTable = {
  list: () => import('./commands/list.js'),
  groups: () => import('./commands/groups.js'),
  run: () => import('./commands/run.js'),
  wait: () => import('./commands/wait.js'),
  lock: () => import('./commands/lock.js'),
  locks: () => import('./commands/locks.js'),
  elect: () => import('./commands/elect.js'),
  leader: () => import('./commands/leader.js'),
  show: () => import('./commands/show.js'),
  explain: () => import('./commands/explain.js'),
  'is-up': () => import('./commands/is-up.js'),
  enable: () => import('./commands/enable.js'),
  disable: () => import('./commands/disable.js'),
  'force-down': () => import('./commands/force-down.js'),
  'maintenance on': () => import('./commands/maintenance-on.js'),
  'maintenance off': () => import('./commands/maintenance-off.js'),
  delete: () => import('./commands/delete.js'),
  hosts: () => import('./commands/hosts.js'),
  zones: () => import('./commands/zones.js'),
  migrate: () => import('./commands/migrate.js'),
  watch: () => import('./commands/watch.js'),
  changes: () => import('./commands/changes.js'),
  at: () => import('./commands/at.js'),
  diff: () => import('./commands/diff.js'),
  'cluster list': () => import('./commands/cluster-list.js'),
  'cluster create': () => import('./commands/cluster-create.js'),
  'cluster show': () => import('./commands/cluster-show.js'),
  'cluster delete': () => import('./commands/cluster-delete.js'),
  'cluster run': () => import('./commands/cluster-run.js'),
  progress: () => import('./commands/progress.js'),
  'token create': () => import('./commands/token-create.js'),
  'token list': () => import('./commands/token-list.js'),
  'token revoke': () => import('./commands/token-revoke.js'),
  'webhook add': () => import('./commands/webhook-add.js'),
  'webhook list': () => import('./commands/webhook-list.js'),
  'webhook show': () => import('./commands/webhook-show.js'),
  'webhook test': () => import('./commands/webhook-test.js'),
  'webhook rotate-secret': () => import('./commands/webhook-rotate-secret.js'),
  'webhook enable': () => import('./commands/webhook-enable.js'),
  'webhook disable': () => import('./commands/webhook-disable.js'),
  'webhook delete': () => import('./commands/webhook-delete.js'),
  serve: () => import('./commands/serve.js'),
  'config show': () => import('./commands/config-show.js'),
  'config check': () => import('./commands/config-check.js'),
  doctor: () => import('./commands/doctor.js'),
  'acl show': () => import('./commands/acl-show.js'),
  'acl set': () => import('./commands/acl-set.js'),
  'acl unset': () => import('./commands/acl-unset.js'),
}

/** Words about the commands themselves. `complete` is what the scripts of `completion` call. */
const builtIns: Readonly<Record<string, (words: readonly string[], io: Io) => Promise<number>>> = {
  help: async (words, io) => (await import('./help/help.js')).help(words, io, commands),
  completion: async (words, io) => (await import('./completion/scripts.js')).completion(words, io),
  complete: async (words, io) => (await import('./completion/complete.js')).complete(words, io, { commands, builtIns: ['help', 'completion'] }),
}

const help = `  svc list                     the workers that are alive
  svc list --group vitrage     those of one group; svc groups: the groups there are
  svc run -- sleep 600         run a command as a worker: listed until it ends
  svc wait --group vitrage     wait until a worker is up; --count 3, --for gone, --timeout 60s
  svc lock nightly -- ./job    run a command while it holds a lock; svc locks: who holds and waits
  svc elect cron -- ./job      run a command while it leads a group; svc leader cron: who leads
  svc list --services          the services, up or down; svc explain, disable, enable and more
  svc changes                  what has happened, why and who did it; svc at 1h, svc diff --since 1h: as it was
  svc progress sample -w       how far a cluster is; svc cluster run reports what a command says of its instances
  svc serve                    answer over HTTP on http://127.0.0.1:8999; svc token create, svc webhook add
  svc doctor                   look whether everything is in order, and say what to do if not

svc COMMAND --help tells a command's options, svc --version the version, svc help TOPIC of exit-codes,
environment, formats or targets; svc completion bash, zsh or fish prints a script for that shell.
Looks at --endpoint or --backend, else SVC_ENDPOINT, SVC_BACKEND, svc.yaml, this host's embedded store.
`

/** Runs `svc` with these words, the name of the program left out. Resolves with the exit status; never rejects. */
export async function main(words: readonly string[], io: Io): Promise<number> {
  try {
    const [first = '--help', ...rest] = words
    if (first === '--help' || first === '-h') {
      await io.write(help)
      return 0
    }
    if (first === '--version') {
      await io.write(`${packageVersion()}\n`)
      return 0
    }
    const builtIn = Object.hasOwn(builtIns, first) ? builtIns[first] : undefined
    if (builtIn) return await builtIn(rest, io)
    const { load, rest: own } = find(words)
    return await (await load()).command.run(own, io)
  } catch (error) {
    return report(error, io)
  }
}

interface Found {
  readonly load: () => Promise<{ readonly command: Command }>
  readonly rest: readonly string[]
}

function find(words: readonly string[]): Found {
  const [first = ''] = words
  const found = findCommand((name) => Object.hasOwn(commands, name), words)
  const load = found && commands[found.name]
  if (found && load) return { load, rest: found.rest }
  const names = Object.keys(commands)
  const second = secondWords(names, first)
  if (second.length > 0) throw new InvalidArgument('command', `Which? Write svc ${second.map((word) => `${first} ${word}`).join(' or svc ')}`, { hint: 'See svc --help' })
  const what = first.startsWith('-') ? 'option' : 'command'
  throw new InvalidArgument('command', `svc has no ${what} ${first}.${didYouMean(first, [...names.map((name) => name.split(' ')[0] ?? name), 'help', 'completion', '--help', '--version'])}`, { hint: 'See svc --help' })
}
