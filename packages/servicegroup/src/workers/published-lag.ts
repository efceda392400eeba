import { lagWindowMs, watchEventLoopLag } from './event-loop-lag.js'
import type { Worker } from './worker.js'

/** A loop that was blocked for less than this is nobody's concern. */
const thresholdMs = 1000

/**
 * What a worker's row says next, in ms, 0 for nothing: from 1 s on in tenths of a second, and then only what is twice or half
 * of what it says already. So a healthy worker writes nothing, and one that is always late next to nothing.
 */
export function lagToTell(toldMs: number, measuredMs: number): number {
  const lagMs = measuredMs < thresholdMs ? 0 : Math.round(measuredMs / 100) * 100
  const isNews = (lagMs === 0) !== (toldMs === 0) || lagMs >= 2 * toldMs || toldMs >= 2 * lagMs
  return isNews ? lagMs : toldMs
}

/** The lag in one worker's data: written when there is news, at most once in 3 s, and again until it is stored. */
export class PublishedLag {
  #lagMs = 0
  #isStored = true
  #stop: () => void = () => {}

  /** The part of the worker's row that tells it. */
  get row(): Pick<Worker, 'lagMs'> {
    return this.#lagMs === 0 ? {} : { lagMs: this.#lagMs }
  }

  /** Begins to measure this process. `write` stores what `row` says. */
  start(write: (signal: AbortSignal) => Promise<void>): void {
    this.#stop = watchEventLoopLag((measuredMs) => {
      const lagMs = lagToTell(this.#lagMs, measuredMs)
      if (lagMs === this.#lagMs && this.#isStored) return
      this.#lagMs = lagMs
      this.#isStored = false
      write(AbortSignal.timeout(lagWindowMs)).then(
        () => (this.#isStored ||= this.#lagMs === lagMs),
        () => undefined, // the next window tries again
      )
    })
  }

  stop(): void {
    this.#stop()
  }
}
