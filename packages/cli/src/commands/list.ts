import { formatDuration } from '@muster/common'
import type { Worker, WorkerReader } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { filterOptions, serviceOptions } from '../filter-options.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { Column, ListPrinter } from '../output/list-printer.js'
import { stateMarks } from '../output/marks.js'
import { outputOptions } from '../output/options.js'
import { atMost, describeGroups } from '../some-of.js'
import { stateText } from '../state-text.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

const whoAndWhere: readonly Column<Worker>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'Process Id', value: ({ process }) => process },
  { title: 'Hostname', value: ({ hostname }) => hostname },
]

const createdAt: Column<Worker> = { title: 'Created At', value: ({ created }) => created }

/** What `vitrage service list` prints. */
export const classicColumns: readonly Column<Worker>[] = [...whoAndWhere, createdAt]

/** What is told of a worker. */
export const workerColumns: readonly Column<Worker>[] = [
  ...whoAndWhere,
  { ...createdAt, isDetail: true }, // Uptime says it
  { title: 'Group', value: ({ group }) => group },
  { title: 'State', value: ({ state }) => state, inTable: stateText, marks: stateMarks },
  { title: 'Uptime', value: ({ created }, now) => uptime(created, now) },
  { title: 'Type', value: ({ type }) => type, onRequest: true },
  { title: 'Region', value: ({ region }) => region, onRequest: true },
  { title: 'Zone', value: ({ zone }) => zone, onRequest: true },
  { title: 'Version', value: ({ version }) => version, onRequest: true },
  { title: 'Labels', value: ({ labels }) => labels, onRequest: true },
  { title: 'Member Id', value: ({ memberId }) => memberId, onRequest: true },
  { title: 'Incarnation', value: ({ incarnation }) => incarnation, onRequest: true },
  { title: 'Uuid', value: ({ uuid }) => uuid, onRequest: true },
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
  svc list -c name -c hostname -c zone --sort-column hostname
  svc list -f json
  svc list -w               and every change as it happens
  svc list --services       the services, also those that are down
  svc list --services --state down -c type -c host -c disabled_reason
  svc list --classic        as 'vitrage service list' prints it`,
  options: {
    ...filterOptions,
    state: { ...serviceOptions.state, describe: 'Only those that are so; of workers, only up has any' },
    services: { type: 'boolean', describe: 'The services instead: what is known of each type on each host, by --type, --hostname, --state' },
    classic: { type: 'boolean', describe: 'Only the four columns of vitrage service list' },
    'fail-empty': { type: 'boolean', describe: 'Exit with 5 when nothing is listed' },
    watch: { alias: 'w', type: 'boolean', describe: 'Go on: redraw the list on a terminal, write a line for each change elsewhere; with -f json one of JSON' },
    ...outputOptions,
    ...targetOptions,
  },
  run: async (args, io) => {
    const emptied = (count: number): number => (count === 0 && args['fail-empty'] === true ? emptyStatus : 0)
    if (args.services === true) {
      const listed = await (await import('../services/list-services.js')).listServices(args, resolveTarget(args, io.env), io)
      return 'status' in listed ? listed.status : emptied(listed.count)
    }
    const stock = args.classic === true
    const columns = stock ? classicColumns : workerColumns
    const print = listPrinter(columns, args, io, { stock })
    const target = resolveTarget(args, io.env)
    const isNone = args.state !== undefined && !args.state.includes('up')
    if (isNone) say(io, 'a worker that is down is not listed; svc list --services --state down lists the services that are')
    if (args.watch === true && !isNone) return (await import('../live/watch-workers.js')).watchWorkers({ columns, args, print, target, io })
    return emptied(await (isNone ? print([]).then(() => 0) : withReader(target, io, (reader) => showWorkers(reader, args, print, io))))
  },
})

/** Which workers. */
interface Filter {
  readonly group?: readonly string[] | undefined
  readonly name?: readonly string[] | undefined
  readonly hostname?: readonly string[] | undefined
  readonly type?: readonly string[] | undefined
}

/** Prints the workers that match; on stderr, what is missing and which members are no workers. Resolves with how many it listed. */
export async function showWorkers(reader: WorkerReader, { group, name, hostname, type }: Filter, print: ListPrinter<Worker>, io: Io): Promise<number> {
  const workers = await reader.workers({ group, name, hostname, type })
  await print(workers)

  const what = (name ?? hostname ?? type) === undefined ? 'no workers' : 'no matching workers'
  const without = group?.filter((asked) => !workers.some((worker) => worker.group === asked)) ?? []
  if (without.length > 0) say(io, `${what} in group ${without.map(quote).join(' or ')} (${await existingGroups(reader)})`)
  else if (workers.length === 0) say(io, io.columns === undefined ? what : `${what} (${await existingGroups(reader)})`)

  const bare = workers.filter((worker) => worker.process === null && worker.hostname === null && worker.created === null)
  if (bare.length > 0) say(io, `${bare.length} member${bare.length === 1 ? '' : 's'} without worker data: ${atMost(5, bare.map((worker) => quote(worker.name)))}`)
  return workers.length
}

const existingGroups = async (reader: WorkerReader): Promise<string> => describeGroups(await reader.groups())

const quote = (word: string): string => `'${word}'`
