import type { HistoryReader, WatchChangesOptions } from '../history-reader.js'
import { ChangeLog } from './change-log.js'
import type { ChangeFilter, ChangePage, ReadChangesOptions } from './change-log.js'
import type { Change } from './change.js'
import { follow } from './follow.js'
import { differencesSince, stateAt } from './state-at.js'
import type { Difference, PastState } from './state-at.js'

/** Between two looks where nobody says that something was added. */
const lookEveryMs = 5000

/** `HistoryReader` on a log. */
export class LogHistory implements HistoryReader {
  readonly #log: ChangeLog

  constructor(log: ChangeLog) {
    this.#log = log
  }

  /** Opens the log of a database, for one who may only read it: nothing is written. @throws NotFound when nobody keeps one there; else as `openHistory` */
  static async open(url: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<LogHistory> {
    return new LogHistory(await ChangeLog.open(url, { ...options, readOnly: true }))
  }

  changes(filter?: ChangeFilter, options?: ReadChangesOptions): Promise<ChangePage> {
    return this.#log.read(filter, options)
  }

  async *watchChanges(filter: ChangeFilter = {}, { after, signal = new AbortController().signal }: WatchChangesOptions = {}): AsyncGenerator<Change, void> {
    try {
      for await (const { gap, changes } of follow({ log: this.#log }, { filter, after, everyMs: lookEveryMs, keepsAlive: true, signal })) {
        if (gap) yield gap
        yield* changes
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  stateAt(when: Parameters<HistoryReader['stateAt']>[0]): Promise<PastState> {
    return stateAt(this.#log, when)
  }

  differencesSince(when: Parameters<HistoryReader['differencesSince']>[0]): Promise<readonly Difference[]> {
    return differencesSince(this.#log, when)
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}
