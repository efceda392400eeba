import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError, NotFound } from '@muster/common'
import type { Change, ChangeFilter, ChangePage, Difference, HistoryReader, PastState, WatchChangesOptions } from '@muster/notifications'

/** Between two looks for it. */
const lookEveryMs = 500

/** A history that is not there: it is empty, nothing is made by reading it, and a watch waits until somebody keeps it. */
export class AbsentHistory implements HistoryReader {
  constructor(
    private readonly shown: string,
    private readonly open: () => Promise<HistoryReader>,
  ) {}

  changes(): Promise<ChangePage> {
    return Promise.resolve({ changes: [], next: 0, firstSeq: 1, lastSeq: 0 })
  }

  async *watchChanges(filter?: ChangeFilter, { signal }: WatchChangesOptions = {}): AsyncGenerator<Change, void> {
    const history = await this.#comes(signal)
    if (!history) return
    try {
      yield* history.watchChanges(filter, { after: 0, signal })
    } finally {
      await history.close()
    }
  }

  stateAt(): Promise<PastState> {
    return Promise.reject(new NotFound(`A history in ${this.shown}`))
  }

  differencesSince(): Promise<readonly Difference[]> {
    return Promise.reject(new NotFound(`A history in ${this.shown}`))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Resolves to it when somebody keeps it; to undefined when `signal` aborts. */
  async #comes(signal: AbortSignal | undefined): Promise<HistoryReader | undefined> {
    while (signal?.aborted !== true) {
      try {
        return await this.open()
      } catch (error) {
        if (!isMusterError(error, 'not_found')) throw error
      }
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined)
    }
    return undefined
  }
}
