import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError, VersionConflict } from '@muster/common'
import { Rejected } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

const firstPauseMs = 10
const longestPauseMs = 500

export interface WritingOptions {
  /** What errors call it. */
  readonly what: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads and writes until nobody has come in between, at most for the session timeout. `read` is told whether it is not the first time.
 * @throws VersionConflict
 */
export async function untilWritten<Found, T>(session: Session, { what, signal }: WritingOptions, read: (isAgain: boolean) => Promise<Found>, write: (found: Found) => Promise<T>): Promise<T> {
  const deadline = performance.now() + session.timeoutMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal?.throwIfAborted()
    const found = await read(pauseMs > firstPauseMs)
    try {
      return await write(found)
    } catch (error) {
      const mayPass = error instanceof Rejected || isMusterError(error, 'backend_unreachable') // surely not done
      if (!mayPass) throw error
      if (performance.now() > deadline) throw error instanceof Rejected ? new VersionConflict(what, { cause: error }) : error
      await delay(pauseMs * (0.5 + Math.random()), undefined, { signal })
    }
  }
}
