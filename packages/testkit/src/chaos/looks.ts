import { bootTime } from '../boot-clock.js'
import type { Claim, Subject } from './history.js'

const everyMs = 2
/** A process that has not looked for so long cannot say what was true meanwhile. */
const longestGapMs = 100

interface Watched {
  readonly id: string
  readonly of: Subject
  readonly isTrue: () => boolean
  claim: Claim | undefined
}

/**
 * Looks at what a process believes of itself, some hundred times a second, and keeps from when to when it was true at each look.
 * A holding can end once only: when it is held after a gap, it was held in the gap. All else begins anew after a gap.
 */
export class Looks {
  readonly #by: string
  readonly #watched = new Set<Watched>()
  readonly #onAway: (from: number) => void
  readonly #timer: NodeJS.Timeout
  #changed = new Map<string, Claim>()
  #lastLook = bootTime()
  #count = 0

  constructor(by: string, onAway: (from: number) => void) {
    this.#by = by
    this.#onAway = onAway
    this.#timer = setInterval(() => this.look(), everyMs).unref()
  }

  /** Looks at it now and from now on, a holding until it has ended. */
  watch(of: Subject, isTrue: () => boolean): () => void {
    const watched: Watched = { id: `${this.#by}/${(this.#count += 1)}`, of, isTrue, claim: undefined }
    this.#watched.add(watched)
    this.#lookAt(watched)
    return () => this.#watched.delete(watched)
  }

  look(): void {
    const now = bootTime()
    if (now - this.#lastLook > longestGapMs) this.#onAway(this.#lastLook)
    this.#lastLook = now // and not after the looks: it may be stopped between two of them
    for (const watched of this.#watched) this.#lookAt(watched)
  }

  /** What has been claimed since the last time. */
  take(): Claim[] {
    const taken = [...this.#changed.values()]
    this.#changed = new Map()
    return taken
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #lookAt(watched: Watched): void {
    const { of, isTrue, claim } = watched
    const before = bootTime()
    const isSo = isTrue()
    const after = bootTime()
    if (!isSo) {
      watched.claim = undefined
      if (of.what === 'held') this.#watched.delete(watched)
      return
    }
    // True at some moment between the two readings: so surely from the end of the first look to the beginning of the last one.
    const isOne = claim && (of.what === 'held' || before - claim.until <= longestGapMs)
    watched.claim = isOne ? { ...claim, until: before } : { by: this.#by, id: `${watched.id}.${(this.#count += 1)}`, of, before, from: after, until: before }
    this.#changed.set(watched.claim.id, watched.claim)
  }
}
