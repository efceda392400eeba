import { setTimeout as delay } from 'node:timers/promises'

import { exitStatusByCode, isMusterError } from '@muster/common'
import type { WorkerFilter, WorkerReader } from '@muster/servicegroup'

import { answerWithin } from '../answer-within.js'

export interface Goal {
  readonly filter: WorkerFilter
  /** `up`: at least `count` workers; `gone`: fewer than `count`. */
  readonly for: 'up' | 'gone'
  readonly count: number
}

export interface WaitOptions {
  /** Ends the wait. */
  readonly signal: AbortSignal
  /** Is told once in each outage, before the first answer, why there is none. */
  readonly onUnreachable: (error: unknown) => void
  /** Look once instead of waiting; no answer is then an error. */
  readonly once?: boolean
}

/** How it ended: `count` is how many there were at the end, undefined if nobody ever answered. */
export interface Outcome {
  readonly met: boolean
  readonly count: number | undefined
}

const askTimeoutMs = 3000
const firstPauseMs = 100
const longestPauseMs = 2000

/**
 * Resolves when there are as many workers as wanted, or when `signal` aborts. A group or backend that is not there yet
 * is waited for. @throws what can never work: NotAllowed, InvalidArgument, NotSupported
 */
export async function waitFor(reader: WorkerReader, goal: Goal, { signal, onUnreachable, once = false }: WaitOptions): Promise<Outcome> {
  const isOver = (): boolean => signal.aborted
  let last: number | undefined
  let failures = 0
  while (!isOver()) {
    try {
      // A watch of a backend that is out of reach says nothing; a question is answered with the reason.
      last = (await answerWithin(askTimeoutMs, (inTime) => reader.workers(goal.filter, { signal: inTime }), { signal })).length
      if (once || isMet(goal, last)) return { met: isMet(goal, last), count: last }
      failures = 0
      for await (const count of counts(reader, goal.filter, signal)) {
        last = count
        if (isMet(goal, count)) return { met: true, count }
      }
    } catch (error) {
      if (isOver()) break
      if (once || !isPassing(error)) throw error
      if ((failures += 1) === 1) onUnreachable(error)
      await delay(Math.min(longestPauseMs, firstPauseMs * 2 ** failures), undefined, { signal }).catch(() => {})
    }
  }
  return { met: false, count: last }
}

const isMet = ({ for: wanted, count }: Goal, there: number): boolean => (wanted === 'up' ? there >= count : there < count)

/** How many there are, at first and after each change. */
async function* counts(reader: WorkerReader, filter: WorkerFilter, signal: AbortSignal): AsyncGenerator<number, void> {
  let count = 0
  for await (const changes of reader.watchWorkers(filter, { signal })) {
    for (const { type } of changes) count += type === 'joined' ? 1 : type === 'left' ? -1 : 0
    yield count
  }
}

/** True for what may be over at the next try: no answer, a session that was lost. */
function isPassing(error: unknown): boolean {
  return isMusterError(error) && ([exitStatusByCode.backend_unreachable, exitStatusByCode.operation_timed_out] as number[]).includes(exitStatusByCode[error.code])
}
