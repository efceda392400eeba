import type { ChangeFilter, ChangePage, ReadChangesOptions } from './log/change-log.js'
import type { Change } from './log/change.js'
import type { Difference, PastState } from './log/state-at.js'

export interface WatchChangesOptions {
  /** Begins after that number; default: with the next change. */
  readonly after?: number | undefined
  readonly signal?: AbortSignal | undefined
}

interface Then {
  /** ms. */
  readonly time: number
  readonly signal?: AbortSignal | undefined
}

/** Reads a history: the same from its database and over HTTP (@muster/client). */
export interface HistoryReader {
  /** A page of the changes that match, oldest first. @throws InvalidArgument for a limit out of range */
  changes(filter?: ChangeFilter, options?: ReadChangesOptions): Promise<ChangePage>
  /**
   * Yields the changes that match as they come, in order, each once, over all outages but the first. Where the log no longer has what comes next
   * there is a change of kind `gap` in its place. Ends when `signal` aborts.
   */
  watchChanges(filter?: ChangeFilter, options?: WatchChangesOptions): AsyncIterable<Change>
  /** Who was alive and what was decided at a time. @throws NotFound when the history does not go so far back */
  stateAt(when: Then): Promise<PastState>
  /** What is another way now than at that time. @throws NotFound as `stateAt` */
  differencesSince(when: Then): Promise<readonly Difference[]>
  /** Resolves when nothing of it is left running. */
  close(): Promise<void>
}
