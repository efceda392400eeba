import { Bell, repeat, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import type { ChangeLog } from './change-log.js'
import type { Change } from './change.js'

const kept = 1000
const atOnce = 500
const lookEveryMs = 5000

/** The latest changes in memory, read once for all who follow the log: whoever is further behind reads the log. */
export class ChangeTail {
  readonly #log: ChangeLog
  readonly #logger: Logger
  readonly #closing = new AbortController()
  readonly #listeners = new Set<() => void>()
  readonly #bell = new Bell()
  readonly #done: Promise<void>
  #changes: Change[] = []
  #lastSeq: number | undefined

  /** Begins at once. The log is the caller's, and closed after it. */
  constructor(log: ChangeLog, { logger = silentLogger }: { readonly logger?: Logger | undefined } = {}) {
    this.#log = log
    this.#logger = logger
    this.#done = this.#run()
  }

  /** The number of the last change; undefined before it is known. */
  get lastSeq(): number | undefined {
    return this.#lastSeq
  }

  /** The changes after that number; undefined where they are not all in memory. */
  after(seq: number): readonly Change[] | undefined {
    if (this.#lastSeq === undefined || seq >= this.#lastSeq) return this.#lastSeq === undefined ? undefined : []
    const first = this.#changes[0]?.seq ?? Infinity
    return seq + 1 < first ? undefined : this.#changes.slice(seq + 1 - first)
  }

  /** Calls `listener` when there are more. Returns the way to stop it. */
  onAdded(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#done
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    const stopListening = this.#log.onAdded((added) => (added && this.#isNext(added) ? this.#add(added) : this.#bell.ring()))
    await repeat((succeed) => this.#follow(succeed, signal), signal, (error) => this.#logger.warn({ err: error }, 'the log of changes cannot be read, trying again'))
    stopListening()
  }

  async #follow(succeed: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#bell.hear()
      if (await this.#read(signal)) continue
      succeed()
      await this.#bell.wait(lookEveryMs, signal)
    }
  }

  /** Reads on. True when there may be more. */
  async #read(signal: AbortSignal): Promise<boolean> {
    if (this.#lastSeq === undefined) {
      this.#lastSeq = (await this.#log.read({}, { limit: 1, signal })).lastSeq
      return false
    }
    const { changes, lastSeq } = await this.#log.read({}, { after: this.#lastSeq, limit: atOnce, signal })
    const known = this.#lastSeq // some may have been handed over meanwhile
    const added = changes.filter(({ seq }) => seq > known)
    if (added.length > 0 && !this.#isNext(added)) this.#changes = [] // some were erased before they were read
    this.#add(added)
    return changes.length > 0 && this.#lastSeq < lastSeq
  }

  #isNext([first]: readonly Change[]): boolean {
    return this.#lastSeq !== undefined && first?.seq === this.#lastSeq + 1
  }

  #add(added: readonly Change[]): void {
    if (added.length === 0) return
    this.#changes = [...this.#changes, ...added].slice(-kept)
    this.#lastSeq = added.at(-1)?.seq
    for (const listener of this.#listeners) listener()
  }
}
