import { httpStatusByCode, isMusterError } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Worker, WorkerChange } from '@muster/servicegroup'

import { backoffMs } from './backoff.js'
import { diffWorkers } from './diff-workers.js'

/** A list as a poll got it; undefined: nothing has changed. */
export interface Polled {
  readonly workers: readonly Worker[]
  readonly etag: string | undefined
  /** Present when the server itself cannot reach its backend. */
  readonly asOf: string | undefined
}

export interface WatchOptions {
  readonly poll: (etag: string | undefined) => Promise<Polled | undefined>
  /** Rejects when the watch is over. */
  readonly pause: (ms: number) => Promise<void>
  readonly intervalMs: number
  readonly logger: Logger
}

/**
 * Tells the first list as joins, then the differences of each list from the last. The first poll's failure is thrown;
 * later ones are logged once and tried again, for nobody is known to have left because a server does not answer.
 */
export async function* watchByPolling({ poll, pause, intervalMs, logger }: WatchOptions): AsyncGenerator<readonly WorkerChange[], void> {
  const first = await poll(undefined)
  let told = first?.workers ?? []
  let etag = first?.etag
  let failures = 0
  yield diffWorkers([], told)
  for (;;) {
    await pause(failures === 0 ? intervalMs : backoffMs(failures, intervalMs, Math.random()))
    try {
      const polled = await poll(etag)
      if (failures > 0) logger.info({ failures }, 'the server answers again')
      failures = 0
      // A list of a server that lost its backend may be older than what was told: it is no news.
      if (polled === undefined || polled.asOf !== undefined) continue
      const changes = diffWorkers(told, polled.workers)
      told = polled.workers
      etag = polled.etag
      if (changes.length > 0) yield changes
    } catch (error) {
      if (!isWorthRetrying(error)) throw error
      failures += 1
      if (failures === 1) logger.warn({ err: error }, 'the server cannot be asked, trying again')
    }
  }
}

/** A server that fails may recover; what it refuses it refuses again. */
function isWorthRetrying(error: unknown): boolean {
  return isMusterError(error) && error.code !== 'closed' && error.code !== 'not_supported' && httpStatusByCode[error.code] >= 500
}
