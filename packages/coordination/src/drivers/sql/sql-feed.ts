import { existsSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'

import { onAbort } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Sql } from '@muster/database'

import { doorbellOf, keptRevisions } from './sql-paths.js'
import type { SqlStore } from './sql-store.js'
import { placeOf } from './sql-watch.js'
import type { Place } from './sql-watch.js'

/** Why `Subscription.next` came back. */
export type Wake = 'changed' | 'aborted' | 'closed'

const safetyPollMs = 500 // a writer killed between commit and doorbell; a store made only now
const pollWithoutDoorbellMs = 50

/** One watcher's wish to hear of one collection. Begins as changed, so that nothing between subscribing and reading is missed. */
export class Subscription {
  readonly collection: string
  readonly #onClose: (subscription: Subscription) => void
  #changed = true
  #ended = false
  #wake: (() => void) | undefined

  constructor(collection: string, onClose: (subscription: Subscription) => void) {
    this.collection = collection
    this.#onClose = onClose
  }

  mark(): void {
    this.#changed = true
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** Resolves when the collection may have changed since the last call. */
  async next(signal: AbortSignal | undefined): Promise<Wake> {
    const wake = (): void => this.#wake?.()
    const stopListening = signal && onAbort(signal, wake)
    try {
      for (;;) {
        if (signal?.aborted) return 'aborted'
        if (this.#ended) return 'closed'
        if (this.#changed) {
          this.#changed = false
          return 'changed'
        }
        await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      stopListening?.()
    }
  }

  close(): void {
    this.#onClose(this)
  }
}

interface Look {
  place: Place
  collections: ReadonlySet<string> | 'all'
}

// A store that was seen and is gone: what was in it is gone too.
const absent: Look = { place: { storeId: '', revision: 0 }, collections: 'all' }

/**
 * Tells watchers which collections have changed: at once by the doorbell file that every writer touches after its
 * commit, at the latest by a poll. Nothing runs while nobody watches.
 */
export class ChangeFeed {
  readonly #store: SqlStore
  readonly #namespace: string
  readonly #logger: Logger
  readonly #subscriptions = new Set<Subscription>()
  #seen: Place | undefined
  #poll: NodeJS.Timeout | undefined
  #doorbell: FSWatcher | undefined
  #look: Promise<void> | undefined
  #lookAgain = false

  constructor(store: SqlStore, namespace: string, logger: Logger) {
    this.#store = store
    this.#namespace = namespace
    this.#logger = logger
    store.onCommit(() => this.#lookSoon())
  }

  subscribe(collection: string): Subscription {
    const subscription = new Subscription(collection, (closed) => {
      this.#subscriptions.delete(closed)
      if (this.#subscriptions.size === 0) this.#stop()
    })
    this.#subscriptions.add(subscription)
    this.#listen()
    this.#lookSoon()
    return subscription
  }

  /** Ends every subscription. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription.end()
    this.#subscriptions.clear()
    this.#stop()
  }

  #stop(): void {
    clearTimeout(this.#poll)
    this.#poll = undefined
    this.#doorbell?.close()
    this.#doorbell = undefined
    this.#seen = undefined
  }

  /** Hangs on to the doorbell where there is one, and polls anyway. */
  #listen(): void {
    const file = doorbellOf(this.#store.file)
    if (this.#doorbell === undefined && existsSync(file)) {
      try {
        this.#doorbell = watch(file, (event) => {
          if (event === 'rename') this.#dropDoorbell() // somebody removed the store
          this.#lookSoon()
        })
        this.#doorbell.on('error', () => this.#dropDoorbell())
      } catch (error) {
        // The host's limit of watches is reached.
        this.#logger.debug({ err: error }, 'watching by poll alone')
      }
    }
    if (this.#poll !== undefined) clearTimeout(this.#poll)
    this.#poll = setTimeout(
      () => {
        this.#lookSoon()
        this.#listen()
      },
      this.#doorbell === undefined ? pollWithoutDoorbellMs : safetyPollMs,
    )
  }

  #dropDoorbell(): void {
    this.#doorbell?.close()
    this.#doorbell = undefined
  }

  #lookSoon(): void {
    if (this.#subscriptions.size === 0) return
    this.#lookAgain = true
    this.#look ??= this.#lookUntilQuiet()
  }

  async #lookUntilQuiet(): Promise<void> {
    try {
      while (this.#lookAgain && this.#subscriptions.size > 0) {
        this.#lookAgain = false
        await this.#lookOnce()
      }
    } catch (error) {
      this.#logger.debug({ err: error }, 'the store could not be looked at') // the next poll tries again; the session's own renewals tell `suspended`
    } finally {
      this.#look = undefined
    }
  }

  async #lookOnce(): Promise<void> {
    const { place, collections } = await this.#store.read((sql) => this.#changedSince(sql), absent, { timeoutMs: safetyPollMs })
    this.#seen = place
    for (const subscription of this.#subscriptions) {
      if (collections === 'all' || collections.has(subscription.collection)) subscription.mark()
    }
  }

  #changedSince(sql: Sql): Look {
    const place = placeOf(sql)
    const seen = this.#seen
    if (seen?.storeId !== place.storeId || place.revision - seen.revision >= keptRevisions) return { place, collections: 'all' }
    if (place.revision === seen.revision) return { place, collections: new Set() }
    const rows = sql.all<{ collection: string }>(
      `SELECT DISTINCT collection FROM entries WHERE modified > ? AND namespace = ?
       UNION SELECT DISTINCT collection FROM deletions WHERE revision > ? AND namespace = ?`,
      ...[seen.revision, this.#namespace, seen.revision, this.#namespace],
    )
    return { place, collections: new Set(rows.map(({ collection }) => collection)) }
  }
}
