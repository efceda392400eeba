import { exitStatusByCode, formatDuration, InvalidArgument, longestTimerMs, messageOf, parseDuration } from '@muster/common'

import { defineCommand } from '../command.js'
import { describeFilter, filterOptions } from '../filter-options.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { untilStopped } from '../stop-signals.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'
import type { TargetArguments } from '../target.js'
import { waitFor } from '../wait/wait-for.js'
import type { Goal } from '../wait/wait-for.js'

export const command = defineCommand({
  name: 'wait',
  help: `Waits until workers are up, or gone. A group that is not there has no workers.

  svc wait --group vitrage
  svc wait --group vitrage --count 3 --timeout 60s && ./start-traffic
  svc wait --hostname controller-1 --for gone --timeout 2m

Exits with 0 when it is so, 124 when the time is over. A backend that does not answer yet is waited for as well.`,
  options: {
    ...filterOptions,
    for: { type: 'string', choices: ['up', 'gone'], default: 'up', requiresArg: true, describe: 'up: at least --count workers; gone: fewer than --count' },
    count: { type: 'string', default: '1', requiresArg: true, describe: 'How many; with --for gone, 1 means that none is left' },
    timeout: { type: 'string', requiresArg: true, describe: 'How long at most, e.g. 500ms, 30s, 5m; 0 looks once; else for ever' },
    ...targetOptions,
  },
  run: async (args, io) => {
    const { group, name, hostname, type } = args
    const goal = { filter: { group, name, hostname, type }, for: args.for === 'gone' ? 'gone' : 'up', count: readCount(args.count) } as const
    const timeoutMs = args.timeout === undefined ? undefined : parseDuration(args.timeout, '--timeout')
    return untilStopped((stopped) => waitAndTell(goal, timeoutMs, args, io, stopped))
  },
})

function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgument('count', `--count: '${text}' is not a whole number above 0`)
}

async function waitAndTell(goal: Goal, timeoutMs: number | undefined, target: TargetArguments, io: Io, stopped: AbortSignal): Promise<number> {
  const startedAt = performance.now()
  const once = timeoutMs === 0
  const signal = timeoutMs === undefined || once ? stopped : AbortSignal.any([stopped, timeoutSignal(timeoutMs)])
  const onUnreachable = (error: unknown): void => say(io, `no answer yet, trying on: ${messageOf(error)}`)
  const { met, count } = await withReader(resolveTarget(target, io.env), io, (reader) => waitFor(reader, goal, { signal, onUnreachable, once }))
  const after = `after ${inWords(performance.now() - startedAt)}`
  const seen = count === undefined ? 'nobody answered' : `${count === 0 ? 'no' : count} worker${count === 1 ? '' : 's'}${describeFilter(goal.filter)}`
  if (met) {
    await io.write(`${seen} ${after}\n`)
    return 0
  }
  say(io, `${stopped.aborted ? 'stopped' : 'timed out'} ${after}: ${seen}, waited for ${goal.for === 'up' ? 'at least' : 'fewer than'} ${goal.count}`)
  return exitStatusByCode.operation_timed_out
}

const inWords = (ms: number): string => (ms < 1000 ? `${Math.round(ms)}ms` : formatDuration(ms))

const timeoutSignal = (ms: number): AbortSignal => AbortSignal.timeout(Math.min(Math.ceil(ms), longestTimerMs))
