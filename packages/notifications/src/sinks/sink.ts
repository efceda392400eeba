import type { Notification } from '../notification/notification.js'

/** A system that is told. */
export interface Sink {
  /** Under which its place in the log is kept. */
  readonly name: string
  /**
   * Tells some notifications, in order. Resolves when the system has acknowledged all of them; when it rejects, those are told again, so that each
   * is told at least once. Must end by itself when nobody answers.
   */
  send(notifications: readonly Notification[], signal: AbortSignal): Promise<void>
  /** Resolves when nothing of it is left. */
  close(): Promise<void>
}
