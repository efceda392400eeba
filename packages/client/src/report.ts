import { httpStatusByCode, isMusterError, messageOf } from '@muster/common'
import type { Logger } from '@muster/common'
import type { WatchWorkersOptions } from '@muster/servicegroup'

/** A server that fails may recover; what it refuses it refuses again. */
export function isWorthRetrying(error: unknown): boolean {
  return isMusterError(error) && error.code !== 'closed' && error.code !== 'not_supported' && httpStatusByCode[error.code] >= 500
}

/** Tells the log and the caller when the server goes and comes, and when it cannot vouch for what it tells: each once. */
export class Report {
  readonly #logger: Logger
  readonly #onConnection: WatchWorkersOptions['onConnection']
  #failures = 0
  #isStale = false

  constructor(logger: Logger, onConnection: WatchWorkersOptions['onConnection']) {
    this.#logger = logger
    this.#onConnection = onConnection
  }

  /** Returns how many there were in a row. */
  fail(error: unknown): number {
    this.#failures += 1
    if (this.#failures === 1) {
      this.#logger.warn({ err: error }, 'the server is gone, trying again')
      this.#onConnection?.({ state: 'suspended', reason: messageOf(error) })
    }
    return this.#failures
  }

  hear({ isSynced, isStale }: { readonly isSynced: boolean; readonly isStale: boolean }): void {
    if (isSynced && this.#failures > 0) {
      this.#logger.info({ failures: this.#failures }, 'the server is back')
      this.#failures = 0
      if (!isStale && !this.#isStale) this.#onConnection?.({ state: 'connected' })
    }
    if (isStale === this.#isStale || !(isSynced || isStale)) return
    this.#isStale = isStale
    if (isStale) {
      this.#logger.warn({}, 'the server cannot reach its backend; what it tells is old')
      this.#onConnection?.({ state: 'suspended', reason: 'the server cannot reach its backend' })
    } else {
      this.#logger.info({}, 'the server reaches its backend again')
      this.#onConnection?.({ state: 'connected' })
    }
  }
}
