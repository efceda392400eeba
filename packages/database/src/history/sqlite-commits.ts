/** How often it is looked whether somebody has committed: some microseconds each. */
const lookEveryMs = 50

/** Tells of commits to one SQLite file, by looking now and then at what is another after each of them. */
export class SqliteCommits {
  readonly #stamp: () => unknown
  readonly #listeners = new Set<() => void>()
  #seen: unknown
  #timer: NodeJS.Timeout | undefined

  /** `stamp` is compared with `===`. */
  constructor(stamp: () => unknown) {
    this.#stamp = stamp
  }

  /** Returns the way to stop it. It is looked while anybody listens. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#timer ??= setInterval(() => this.look(), lookEveryMs).unref()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.close()
    }
  }

  /** Looks at once. */
  look(): void {
    const now = this.#stamp()
    if (now === this.#seen) return
    this.#seen = now
    for (const listener of this.#listeners) listener()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
