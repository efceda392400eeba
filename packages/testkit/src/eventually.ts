import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@muster/common'

import { within } from './within.js'

export interface EventuallyOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number
  /** Pause between two tries. Default 10. */
  readonly everyMs?: number
}

/**
 * Repeats `check` until it does not throw and resolves to what it returned. After `timeoutMs` it rejects with an
 * error that tells the last failure.
 */
export async function eventually<T>(check: () => T | Promise<T>, { timeoutMs = 10_000, everyMs = 10 }: EventuallyOptions = {}): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return await within(Promise.resolve().then(check), Math.max(1, deadline - performance.now()), 'the last try')
    } catch (cause) {
      if (performance.now() >= deadline) {
        throw new Error(`Not so within ${timeoutMs} ms; the last failure: ${messageOf(cause)}`, { cause })
      }
    }
    await delay(everyMs)
  }
}
