import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError } from '@muster/common'

const [firstBackoffMs, longestBackoffMs] = [50, 5000]

/** Does `work` again and again, with growing pauses, until `signal` aborts or what it works on is closed. */
export async function repeat(work: () => Promise<void>, signal: AbortSignal, onFailure: (error: unknown) => void): Promise<void> {
  const isOver = (): boolean => signal.aborted
  for (let backoffMs = firstBackoffMs; !isOver(); backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
    const begun = performance.now()
    try {
      await work()
    } catch (error) {
      if (isOver() || isMusterError(error, 'closed')) return
      onFailure(error)
    }
    if (performance.now() - begun > longestBackoffMs) backoffMs = firstBackoffMs
    await delay(backoffMs * (0.5 + Math.random()), undefined, { ref: false, signal }).catch(() => undefined)
  }
}
