/** Tells every value to every subscriber, in order, however slow each of them reads. For rare values such as states. */
export class Broadcast<T> {
  readonly #subscribers = new Set<{ queue: T[]; wake: () => void }>()
  #ended = false

  publish(value: T): void {
    for (const subscriber of this.#subscribers) {
      subscriber.queue.push(value)
      subscriber.wake()
    }
  }

  /** Every iterator ends after what was published so far. */
  end(): void {
    this.#ended = true
    for (const subscriber of this.#subscribers) subscriber.wake()
  }

  /** Begins with `first`, then yields what is published from the call of this function on. */
  subscribe(...first: T[]): AsyncIterableIterator<T> & AsyncGenerator<T, void> {
    const subscriber = { queue: first, wake: (): void => {} }
    this.#subscribers.add(subscriber)
    return this.#iterate(subscriber)
  }

  async *#iterate(subscriber: { queue: T[]; wake: () => void }): AsyncGenerator<T, void> {
    try {
      for (;;) {
        while (subscriber.queue.length > 0) yield subscriber.queue.shift() as T
        if (this.#ended) return
        await new Promise<void>((resolve) => (subscriber.wake = resolve))
      }
    } finally {
      this.#subscribers.delete(subscriber)
    }
  }
}
