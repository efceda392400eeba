import { ChangeLog, follow } from '@muster/notifications'
import type { Change } from '@muster/notifications'

import { within } from '../within.js'

const patienceMs = 300_000

/** Follows a log by number from its beginning on, as it grows, whoever writes it. */
export class HistoryFollower implements AsyncDisposable {
  /** All that it was told, in order. */
  readonly changes: Change[] = []
  readonly log: ChangeLog
  readonly #closing = new AbortController()
  readonly #joined = new Set<string>()
  readonly #waiting = new Map<string, () => void>()
  readonly #done: Promise<void>

  private constructor(log: ChangeLog) {
    this.log = log
    this.#done = this.#follow()
    this.#done.catch(() => undefined) // who waits is told
  }

  static async open(database: string): Promise<HistoryFollower> {
    return new HistoryFollower(await ChangeLog.open(database))
  }

  /** Resolves when the log has told that this worker has joined. */
  async joined(memberId: string): Promise<void> {
    if (this.#joined.has(memberId)) return
    const told = new Promise<void>((resolve) => this.#waiting.set(memberId, resolve))
    await within(Promise.race([told, this.#done]), patienceMs, `the join of ${memberId} in the log`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#done.catch(() => undefined)
    await this.log.close()
  }

  async #follow(): Promise<void> {
    for await (const { changes } of follow({ log: this.log }, { after: 0, everyMs: 50, keepsAlive: true, signal: this.#closing.signal })) {
      for (const change of changes) this.#take(change)
    }
  }

  #take(change: Change): void {
    this.changes.push(change)
    if (change.kind !== 'worker.joined' || change.memberId === null) return
    this.#joined.add(change.memberId)
    this.#waiting.get(change.memberId)?.()
    this.#waiting.delete(change.memberId)
  }
}
