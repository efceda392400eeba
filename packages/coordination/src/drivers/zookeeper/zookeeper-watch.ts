import { onAbort } from '@muster/common'

import type { Batch, Change, Entry, Revision } from '../../contract.js'

/** A collection in memory, kept up to date by a feed for those who follow it. */
export interface View {
  readonly entries: ReadonlyMap<string, Entry>
  /** True when `entries` is what the collection was at `revision`. */
  readonly isSynced: boolean
  readonly revision: Revision
  /** False while it is better to wait: a moment later it will be synced. */
  readonly isTellable: boolean
  add(follower: Follower): void
  remove(follower: Follower): void
}

/**
 * One consumer of a view, from its first question on. It keeps what it has told and the keys that have changed since, and compares when it is asked
 * for more: a slow consumer costs no more than the collection's keys.
 */
export class Follower {
  readonly #find: () => View
  readonly #told = new Map<string, Entry>()
  readonly #touched = new Set<string>()
  #isFirst = true
  #toldSynced = false
  #end: { readonly error: unknown } | undefined
  #wake: () => void = () => {}

  constructor(find: () => View) {
    this.#find = find
  }

  /** The entry with this key came, changed or went. */
  touch(key: string): void {
    if (!this.#isFirst) this.#touched.add(key)
  }

  /** There may be something to tell. */
  wake(): void {
    this.#wake()
  }

  /** Lets the consumer know that there is no more. */
  end(error: unknown): void {
    this.#end ??= { error }
    this.#wake()
  }

  /** Ends when `signal` aborts. @throws what `find` throws and what the feed has ended with */
  async *batches(signal: AbortSignal | undefined): AsyncGenerator<Batch, void> {
    const view = this.#find()
    const wake = (): void => this.#wake()
    const stopListening = signal && onAbort(signal, wake)
    view.add(this)
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => (this.#wake = resolve))
        if (signal?.aborted) return
        if (this.#end) throw this.#end.error
        const batch = view.isTellable ? this.#next(view) : undefined
        if (batch) yield batch
        else await woken
      }
    } finally {
      stopListening?.()
      view.remove(this)
    }
  }

  #next({ isSynced, revision, entries }: View): Batch | undefined {
    const reset = this.#isFirst
    const changes = this.#changes(entries, reset ? entries.keys() : this.#touched)
    this.#isFirst = false
    this.#touched.clear()
    if (changes.length === 0 && !reset && (this.#toldSynced || !isSynced)) return undefined
    this.#toldSynced = isSynced
    return { reset, synced: isSynced, ...(isSynced && { revision }), changes }
  }

  /** Deletions first; an entry made anew is one and a put. */
  #changes(entries: View['entries'], keys: Iterable<string>): Change[] {
    const deletions: Change[] = []
    const puts: Change[] = []
    for (const key of keys) {
      const entry = entries.get(key)
      const told = this.#told.get(key)
      const isSame = entry !== undefined && told?.created === entry.created
      if (told && !isSame) deletions.push({ type: 'delete', before: told })
      if (!entry) {
        this.#told.delete(key)
        continue
      }
      if (!isSame) puts.push({ type: 'put', entry })
      else if (told.modified !== entry.modified) puts.push({ type: 'put', entry, before: told })
      this.#told.set(key, entry)
    }
    return [...deletions, ...puts]
  }
}
