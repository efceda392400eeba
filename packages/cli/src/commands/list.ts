import { formatDuration } from '@muster/common'
import type { Worker, WorkerReader } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { filterOptions } from '../filter-options.js'
import { asciiJson, formatOption, formatRows } from '../formats.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import type { Cell } from '../table.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

type Column = readonly [title: string, value: (worker: Worker, now: number) => Cell]

/** What `vitrage service list` prints. */
const classicColumns: readonly Column[] = [
  ['Name', (worker) => worker.name],
  ['Process Id', (worker) => worker.process],
  ['Hostname', (worker) => worker.hostname],
  ['Created At', (worker) => worker.created],
]

const columns: readonly Column[] = [
  ...classicColumns,
  ['Group', (worker) => worker.group],
  ['State', (worker) => worker.state],
  ['Uptime', (worker, now) => uptime(worker.created, now)],
]

function uptime(created: string | null, now: number): string | null {
  const since = created === null ? NaN : Date.parse(created)
  return Number.isNaN(since) ? null : formatDuration(now - since)
}

/** With `--fail-empty`. */
const emptyStatus = 5

export const command = defineCommand({
  name: 'list',
  help: `Lists the workers that are alive.

  svc list
  svc list --group vitrage --group default
  svc list --hostname controller-1 --type ApiWorker
  svc list -f json
  svc list --classic        as 'vitrage service list' prints it`,
  options: {
    ...filterOptions,
    classic: { type: 'boolean', describe: 'Only the four columns of vitrage service list' },
    'fail-empty': { type: 'boolean', describe: 'Exit with 5 when no worker is listed' },
    ...formatOption,
    ...targetOptions,
  },
  run: async (args, io) => {
    const shown = await withReader(resolveTarget(args, io.env), io, (reader) => showWorkers(reader, args, io))
    return shown === 0 && args['fail-empty'] === true ? emptyStatus : 0
  },
})

interface ListOptions {
  readonly group?: readonly string[] | undefined
  readonly name?: readonly string[] | undefined
  readonly hostname?: readonly string[] | undefined
  readonly type?: readonly string[] | undefined
  readonly classic?: boolean | undefined
  readonly format: string
}

/** Prints the workers that match; on stderr, what is missing and which members are no workers. Resolves with how many it listed. */
export async function showWorkers(reader: WorkerReader, { classic, format, group, name, hostname, type }: ListOptions, io: Io, now = Date.now()): Promise<number> {
  const workers = await reader.workers({ group, name, hostname, type })
  const shown = classic === true ? classicColumns : columns
  const rows = workers.map((worker) => shown.map(([, value]) => value(worker, now)))
  const text = await formatRows(format, shown.map(([title]) => title), rows)
  await io.write(classic === true && format === 'json' ? asciiJson(text) : text) // as the stock client's

  const what = (name ?? hostname ?? type) === undefined ? 'no workers' : 'no matching workers'
  const without = group?.filter((asked) => !workers.some((worker) => worker.group === asked)) ?? []
  if (without.length > 0) say(io, `${what} in group ${without.map(quote).join(' or ')} (${await existingGroups(reader)})`)
  else if (workers.length === 0) say(io, io.columns === undefined ? what : `${what} (${await existingGroups(reader)})`)

  const bare = workers.filter((worker) => worker.process === null && worker.hostname === null && worker.created === null)
  if (bare.length > 0) say(io, `${bare.length} member${bare.length === 1 ? '' : 's'} without worker data: ${atMost(5, bare.map((worker) => quote(worker.name)))}`)
  return workers.length
}

async function existingGroups(reader: WorkerReader): Promise<string> {
  const groups = await reader.groups()
  return groups.length === 0 ? 'there are no groups' : `groups: ${atMost(10, groups.map(({ group }) => group))}`
}

const quote = (word: string): string => `'${word}'`

function atMost(limit: number, words: readonly string[]): string {
  const more = words.length - limit
  return words.slice(0, limit).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
