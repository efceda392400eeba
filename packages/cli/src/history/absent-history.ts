import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { NotFound } from '@muster/common'
import type { Change, ChangeFilter, ChangePage, Difference, HistoryReader, PastState, WatchChangesOptions } from '@muster/notifications'

/** Between two looks for the file. */
const lookEveryMs = 500

/** A history whose file is not there: it is empty, nothing is made by reading it, and a watch waits until somebody keeps it. */
export class AbsentHistory implements HistoryReader {
  constructor(
    private readonly file: string,
    private readonly open: () => Promise<HistoryReader>,
  ) {}

  changes(): Promise<ChangePage> {
    return Promise.resolve({ changes: [], next: 0, firstSeq: 1, lastSeq: 0 })
  }

  async *watchChanges(filter?: ChangeFilter, { signal }: WatchChangesOptions = {}): AsyncGenerator<Change, void> {
    while (!existsSync(this.file)) {
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined)
      if (signal?.aborted === true) return
    }
    const history = await this.open()
    try {
      yield* history.watchChanges(filter, { after: 0, signal })
    } finally {
      await history.close()
    }
  }

  stateAt(): Promise<PastState> {
    return Promise.reject(new NotFound(`A history in ${this.file}`))
  }

  differencesSince(): Promise<readonly Difference[]> {
    return Promise.reject(new NotFound(`A history in ${this.file}`))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
