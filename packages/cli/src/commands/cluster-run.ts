import { InvalidArgument, parseDuration } from '@muster/common'

import { clusterName, clusterOptions, withClusters } from '../clusters/cluster-target.js'
import { runReporting } from '../clusters/run-reporting.js'
import { defineCommand } from '../command.js'
import { say } from '../io.js'
import { prepareCommand } from '../run/start-command.js'

const defaultRetry = '5m'

export const command = defineCommand({
  name: 'cluster run',
  help: `Runs a command as a step of a cluster, and reports what it says of its instances, one line of its stdout each.

  svc cluster run sample --type creating --step 'Launching instances' --total 2 -- ./launch.sh

  ok worker-001                      the instance went well
  fail worker-002 no route to host   it failed, and why; said again, the last word counts
  ok "worker 3"                      a name with blanks

Other lines go on to stdout as they are. Exits with the command's status; with 1 where that is 0 and an instance of
the step has failed or is missing.`,
  options: {
    type: { type: 'string', choices: ['creating', 'scaling', 'deleting'] as const, requiresArg: true, describe: 'What the step is part of' },
    step: { type: 'string', requiresArg: true, describe: 'Name of the step; the open one of that name, type and total is gone on with' },
    total: { type: 'string', requiresArg: true, describe: 'How many instances will be told of' },
    'retry-for': { type: 'string', requiresArg: true, describe: `How long to try again while the clusters cannot be reached (else ${defaultRetry})` },
    ...clusterOptions,
  },
  argument: clusterName,
  takesCommand: true,
  run: async ({ type, step, total, 'retry-for': retry = defaultRetry, ...args }, io, words, name = '') => {
    if (type === undefined || step === undefined || total === undefined) throw new InvalidArgument('arguments', 'Which step? Give --type, --step and --total', { hint: 'See svc cluster run --help' })
    const newStep = { type, name: step, total: count(total) }
    const retryForMs = parseDuration(retry, '--retry-for')
    const prepared = await prepareCommand(words, io.env.PATH, 'TERM')
    if ('status' in prepared) {
      say(io, prepared.sentence)
      return prepared.status
    }
    return withClusters(args, io, async ({ provisioning: { store }, tenant }) => {
      const row = await store.beginStep(name, newStep, { tenant })
      return runReporting(row, prepared, { store, tenant, retryForMs, io })
    })
  },
})

/** @throws InvalidArgument */
function count(text: string): number {
  if (/^\d{1,7}$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgument('total', `--total: '${text}' is not a whole number above 0`)
}
