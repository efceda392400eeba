import { setTimeout as delay } from 'node:timers/promises'

import { BackendUnreachable } from '@muster/common'

import type { WaitOptions } from '../sqlite.js'

const defaultTimeoutMs = 10_000
const [shortestPauseMs, longestPauseMs] = [2, 100]

/**
 * Repeats what another transaction has hindered, with growing pauses, until it succeeds or time is up (default 10 s).
 * @throws BackendUnreachable when it is up; whatever else `attempt` throws, as it is
 */
export async function untilFree<T>(attempt: (wait: WaitOptions) => T | Promise<T>, isHindered: (error: unknown) => boolean, shown: string, { timeoutMs = defaultTimeoutMs, signal }: Partial<WaitOptions>): Promise<T> {
  const until = performance.now() + timeoutMs
  for (let pause = shortestPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    signal?.throwIfAborted()
    try {
      return await attempt({ timeoutMs: Math.max(1, until - performance.now()), signal })
    } catch (error) {
      if (!isHindered(error)) throw error
      if (performance.now() >= until) throw new BackendUnreachable(shown, `others have kept it locked for ${Math.round(timeoutMs)} ms`, { cause: error })
    }
    await delay(pause * (0.5 + Math.random()), undefined, signal ? { signal } : {})
  }
}
