import { InvalidArgument } from '@muster/common'
import type { ClusterRow } from '@muster/provisioning'

import { clusterName, clusterOptions, withClusters } from '../clusters/cluster-target.js'
import type { Opened } from '../clusters/cluster-target.js'
import { defineCommand } from '../command.js'
import type { Io } from '../io.js'
import { asciiJson } from '../output/json.js'
import { ConnectionNews } from '../progress/connection-news.js'
import { draw } from '../progress/drawing.js'
import { readFailures } from '../progress/failures.js'
import { rowJson } from '../progress/json.js'
import { Pace } from '../progress/pace.js'
import { sentences } from '../progress/sentences.js'

const usualFailures = '10'
const mostFailures = 1000

export const command = defineCommand({
  name: 'progress',
  help: `Shows how far a cluster is: a bar for each step, and what failed, with the reason and the id that the log has too.

  svc progress sample
  svc progress sample -w            until Ctrl-C
  svc progress sample -w --exit     until it is Active, or Error: then with 1
  svc progress sample -f json       with the events that are kept

In a pipe the steps are sentences; with -w one whenever a step is further, at most once a second.`,
  options: {
    watch: { alias: 'w', type: 'boolean', describe: 'Go on: redraw in place as it changes; with -f json a line of JSON each' },
    exit: { type: 'boolean', describe: 'With -w: end as soon as it is Active (0) or Error (1)' },
    failures: { type: 'string', requiresArg: true, describe: `Of each step the first so many failures, 0 to ${mostFailures} (else ${usualFailures})` },
    format: { alias: 'f', type: 'string', choices: ['table', 'json'], default: 'table', requiresArg: true, describe: 'How to print' },
    ...clusterOptions,
  },
  argument: clusterName,
  run: async ({ watch = false, exit = false, failures = usualFailures, format, ...args }, io, _, idOrName = '') => {
    const isJson = format === 'json'
    if (exit && !watch) throw new InvalidArgument('exit', '--exit goes with -w')
    const most = count(failures)
    const connection = new ConnectionNews()
    return withClusters(args, io, async (opened) => {
      if (watch) return (await import('../progress/watch-progress.js')).watchProgress(opened, { idOrName, mostFailures: most, isJson, exits: exit, io, connection })
      const { provisioning: { store }, tenant } = opened
      const cluster = await store.cluster(idOrName, { tenant, withEvents: isJson })
      if (isJson) await io.write(`${asciiJson(rowJson(cluster), 2)}\n`)
      else await io.write(`${(await linesOf(opened, cluster, most, io)).join('\n')}\n`)
      return 0
    }, watch ? { logger: connection.logger } : {})
  },
})

async function linesOf({ provisioning: { store } }: Opened, cluster: ClusterRow, most: number, io: Io): Promise<readonly string[]> {
  const failures = await readFailures(store, cluster, most)
  return io.columns === undefined ? sentences(cluster, failures) : draw({ cluster, failures, pace: new Pace(), mostFailures: most, now: Date.now() }, io)
}

/** @throws InvalidArgument */
function count(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= mostFailures) return Number(text)
  throw new InvalidArgument('failures', `--failures: '${text}' is no number of failures`, { hint: `Give 0 to ${mostFailures}.` })
}
