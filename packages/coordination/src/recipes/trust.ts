import { BackendUnreachable, Closed, SessionLost } from '@muster/common'
import type { MusterError } from '@muster/common'

import type { Session } from '../contract.js'

/** Somebody who relies on the session of one epoch. */
export interface Reliant {
  readonly epoch: number
  /** Relies on being able to tell that the session is alive, not only on its not being over. */
  readonly needsContact: boolean
  /** Called once, when it can rely on it no more. */
  readonly end: (reason: MusterError) => void
}

/**
 * Tells those who rely on a session when it can be trusted no more: when it is over, and, for holders, already when two
 * thirds of its timeout have passed without a sign of the backend, which is before anybody else can take their place.
 * One timer, however many rely on it; none while nobody does.
 */
export class Trust {
  readonly #session: Session
  readonly #reliant = new Set<Reliant>()
  #timer: NodeJS.Timeout | undefined
  #isFollowing = false
  #lostEpoch: number | undefined
  #closed: Closed | undefined

  constructor(session: Session) {
    this.#session = session
  }

  /** By the clock, whatever timers and events are late. */
  isTrusted(epoch: number): boolean {
    return this.#closed === undefined && this.#session.epoch === epoch && performance.now() < this.#session.trustedUntil()
  }

  /** Begins to watch over `reliant`; returns the way to stop it. May call its `end` at once. */
  rely(reliant: Reliant): () => void {
    this.#reliant.add(reliant)
    if (!this.#isFollowing) void this.#follow()
    this.#examine([reliant])
    return () => this.#drop(reliant)
  }

  /** Ends all of them, before what they rely on is given up. */
  close(): void {
    this.#closed = new Closed('The session')
    this.check()
  }

  /** Looks at the clock and ends those who can rely on the session no more. */
  check(): void {
    this.#examine(this.#reliant)
  }

  #examine(reliants: Iterable<Reliant>): void {
    const [{ epoch }, trustedUntil, now] = [this.#session, this.#session.trustedUntil(), performance.now()]
    let isNeeded = false
    for (const reliant of reliants) {
      const isOver = reliant.epoch !== epoch || reliant.epoch === this.#lostEpoch || (reliant.needsContact && trustedUntil === 0)
      const reason = this.#closed ?? (isOver ? new SessionLost(reliant.epoch) : reliant.needsContact && now >= trustedUntil ? this.#silence() : undefined)
      isNeeded ||= reason === undefined && reliant.needsContact
      if (reason === undefined) continue
      this.#drop(reliant)
      reliant.end(reason)
    }
    if (isNeeded) this.#timer ??= setTimeout(() => this.#onTimer(), Math.max(1, Math.ceil(trustedUntil - now))).unref()
  }

  #drop(reliant: Reliant): void {
    this.#reliant.delete(reliant)
    if (this.#reliant.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #onTimer(): void {
    this.#timer = undefined
    this.check()
  }

  #silence(): BackendUnreachable {
    return new BackendUnreachable('the backend', `no answer for ${Math.round((this.#session.timeoutMs * 2) / 3)} ms, so that others may soon be let in`)
  }

  async #follow(): Promise<void> {
    this.#isFollowing = true
    const states = this.#session.states()[Symbol.asyncIterator]()
    for (let next = await states.next(); !next.done; next = await states.next()) {
      if (next.value.state === 'lost') this.#lostEpoch = next.value.epoch
      this.check()
    }
    this.check()
  }
}
