import { setTimeout as delay } from 'node:timers/promises'

import { InvalidArgument, messageOf, parseDuration } from '@muster/common'

import type { Probe } from './probe.js'
import { parseProbe } from './probe.js'

const firstPauseMs = 50
const lastPauseMs = 1000
/** How long one look may take. */
const lookTimeoutMs = 5000
/** The last one is taken when the time is over; it may take this long all the same. */
const lastLookMs = 250
/** After so long without being ready, an operator is told once. */
const patienceMs = 30_000

/** What must be so before a command counts as a worker. */
export interface Readiness {
  readonly probe: Probe
  /** As the user wrote it. */
  readonly asked: string
  /** Undefined: for ever. */
  readonly timeoutMs: number | undefined
}

/** Reads `--ready` and `--ready-timeout`; undefined without them. @throws InvalidArgument */
export function parseReadiness(ready: string | undefined, timeout: string | undefined): Readiness | undefined {
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout, 'ready-timeout')
  if (timeoutMs === 0) throw new InvalidArgument('ready-timeout', '--ready-timeout 0: give the command some time, or leave it out to wait for ever')
  if (ready !== undefined) return { probe: parseProbe(ready), asked: ready, timeoutMs }
  if (timeoutMs !== undefined) throw new InvalidArgument('ready-timeout', '--ready-timeout: what is to be ready?', { hint: 'Give --ready too' })
  return undefined
}

interface Waiting {
  /** Ends the wait. */
  readonly signal: AbortSignal
  /** Is told what an operator should know. */
  readonly say: (sentence: string) => void
}

/**
 * Looks again and again, after 50 ms at first and then after up to 1 s. Resolves with `ready`; with `overdue` when its time is
 * over, which it says; with `ended` when `signal` aborts. Says once, after 30 s, that it is not ready.
 */
export async function waitUntilReady({ probe, asked, timeoutMs = Infinity }: Readiness, { signal, say }: Waiting): Promise<'ready' | 'overdue' | 'ended'> {
  const begunAt = performance.now()
  const leftMs = (): number => begunAt + timeoutMs - performance.now()
  let isLateTold = false
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(lastPauseMs, pauseMs * 2)) {
    const reason = await look(probe, signal, Math.min(lookTimeoutMs, Math.max(lastLookMs, leftMs())))
    if (signal.aborted) return 'ended'
    if (reason === undefined) return 'ready'
    if (leftMs() <= 0) {
      say(`not ready in time: ${asked}: ${reason}; ending the command`)
      return 'overdue'
    }
    if (!isLateTold && performance.now() - begunAt >= patienceMs) {
      say(`not ready yet: ${asked}: ${reason}; the command runs, and joins when it is`)
      isLateTold = true
    }
    await delay(Math.max(0, Math.min(pauseMs, leftMs())), undefined, { signal }).catch(() => undefined) // the next look sees that it is over
  }
}

/** Why it is not ready; undefined if it is. */
async function look(probe: Probe, signal: AbortSignal, timeoutMs: number): Promise<string | undefined> {
  const inTime = AbortSignal.timeout(Math.ceil(timeoutMs))
  try {
    await probe(AbortSignal.any([signal, inTime]))
    return undefined
  } catch (error) {
    return inTime.aborted ? 'it does not answer' : reasonOf(error)
  }
}

/** An AggregateError, of a name with several addresses, has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  return messageOf(error)
}
