import type { ChangeFilter } from '../log/change-log.js'
import type { Notification } from '../notification/notification.js'

/** A system that is told. */
export interface Sink {
  /** Under which its place in the log is kept. */
  readonly name: string
  /** It is told of these changes alone; default: of all that have a notification. */
  readonly filter?: ChangeFilter | undefined
  /** How many it is told in one call at most; default 100. After each call its place is kept. */
  readonly atOnce?: number | undefined
  /**
   * Tells some notifications, in order. Resolves when the system has acknowledged all of them; when it rejects, those are told again, so that each
   * is told at least once. Must end by itself when nobody answers. @throws RetryLater to say when
   */
  send(notifications: readonly Notification[], signal: AbortSignal): Promise<void>
  /** Resolves when nothing of it is left. */
  close(): Promise<void>
}

/** The system was not told, and is to be told again after that time, not before. Between a sink and its courier alone. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
  constructor(
    readonly afterMs: number,
    reason: string,
  ) {
    super(reason)
  }
}
