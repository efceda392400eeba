import type { LiveView, Worker, WorkerChange } from '@muster/servicegroup'

import { keyOf } from './picture.js'
import type { Departures } from './picture.js'

const mostRemembered = 100_000

/** Who is alive by the live view, who has come and gone since it was last asked, and what is known of how. Watches also while another observes. */
export class Presence implements Departures {
  readonly living = new Map<string, Worker>()
  readonly #view: LiveView
  readonly #stop: () => void
  readonly #onChange: () => void
  #touched = new Set<string>()
  #isRead = false
  /** Seen to go while the backend answered: somebody did watch. */
  readonly #seenGone = new Set<string>()
  readonly #left = new Set<string>()

  constructor(view: LiveView, onChange: () => void) {
    this.#view = view
    this.#onChange = onChange
    this.#stop = view.onChange((changes) => this.#follow(changes))
    this.#read()
  }

  /** True while what is in `living` is what the backend says. */
  get isCurrent(): boolean {
    return this.#isRead && this.#view.connection.state === 'connected'
  }

  /** The keys of those who have come, changed or gone since it was last asked. */
  takeTouched(): Set<string> {
    const touched = this.#touched
    this.#touched = new Set()
    return touched
  }

  /** The member has said that it leaves. */
  noteLeft(key: string): void {
    this.#left.add(key)
  }

  /** What was known of how they went has been told. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      if (this.living.has(key)) continue
      this.#left.delete(key)
      this.#seenGone.delete(key)
    }
  }

  hasLeft(key: string): boolean {
    return this.#left.has(key)
  }

  wasWatched(key: string): boolean {
    return this.#seenGone.has(key)
  }

  close(): void {
    this.#stop()
  }

  #read(): void {
    if (!this.#view.synced) return
    this.#isRead = true
    for (const worker of this.#view.workers()) this.living.set(keyOf(worker), worker)
  }

  #follow(changes: readonly WorkerChange[]): void {
    if (!this.#isRead) this.#read()
    else for (const change of changes) this.#take(change)
    this.#onChange()
  }

  #take(change: WorkerChange): void {
    const key = keyOf(change.type === 'left' ? change.before : change.worker)
    this.#touched.add(key)
    if (change.type === 'left') {
      this.living.delete(key)
      if (this.#seenGone.size >= mostRemembered) this.#seenGone.clear()
      if (this.#view.connection.state === 'connected') this.#seenGone.add(key)
    } else {
      this.living.set(key, change.worker)
      this.#seenGone.delete(key)
    }
  }
}
