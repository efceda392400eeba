import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError } from './errors.js'

const [firstBackoffMs, longestBackoffMs] = [50, 5000]

/**
 * Does `work` again and again, with growing pauses, until `signal` aborts or what it works on is closed. `work` is given what it calls when it goes well,
 * so that the next pause is short again; a work that went on for long is one that did. What `onFailure` throws ends it.
 */
export async function repeat(work: (succeed: () => void) => Promise<void>, signal: AbortSignal, onFailure: (error: unknown) => void): Promise<void> {
  const isOver = (): boolean => signal.aborted
  let backoffMs = firstBackoffMs
  const succeed = (): void => void (backoffMs = firstBackoffMs)
  for (; !isOver(); backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
    const begun = performance.now()
    try {
      await work(succeed)
    } catch (error) {
      if (isOver() || isMusterError(error, 'closed')) return
      onFailure(error)
    }
    if (performance.now() - begun > longestBackoffMs) succeed()
    await delay(backoffMs * (0.5 + Math.random()), undefined, { ref: false, signal }).catch(() => undefined)
  }
}
