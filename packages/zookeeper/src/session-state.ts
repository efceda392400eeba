import type { Logger } from '@muster/common'

import { safely } from './safely.js'

/**
 * What may still be trusted. `connected`: everything. `suspended`: no server answers; the session may end soon.
 * `lost`: the session and its ephemeral nodes are over, a new session is being made. `closed`: the end.
 */
export interface SessionState {
  readonly state: 'connected' | 'suspended' | 'lost' | 'closed'
  /** +1 for each new session, beginning with 1. */
  readonly epoch: number
  /** Why it is not connected. */
  readonly reason?: string
}

/**
 * The state of a session, its moves, and who is told of them. What is lost stays so until the next session is connected:
 *
 *     suspended <--> connected
 *         \            /
 *          +-> lost <-+     lost --> connected (epoch + 1)     each --> closed
 */
export class SessionStates {
  readonly #listeners = new Set<(state: SessionState) => void>()
  #now: SessionState = { state: 'suspended', epoch: 1, reason: 'not connected yet' }

  constructor(private readonly logger: Logger) {}

  get now(): SessionState {
    return this.#now
  }

  get isLost(): boolean {
    return this.#now.state === 'lost'
  }

  /** True when the session of this epoch is not the one there is. */
  isOver(epoch: number): boolean {
    return epoch !== this.#now.epoch || this.isLost
  }

  /** Calls `listener` at each later move, at once. Returns the way to stop it. */
  on(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  connected(epoch: number): void {
    this.#become({ state: 'connected', epoch })
  }

  suspended(reason: string): void {
    if (!this.isLost) this.#become({ state: 'suspended', epoch: this.#now.epoch, reason })
  }

  lost(reason: string): void {
    if (!this.isLost) this.#become({ state: 'lost', epoch: this.#now.epoch, reason })
  }

  closed(): void {
    this.#become({ state: 'closed', epoch: this.#now.epoch })
    this.#listeners.clear()
  }

  #become(next: SessionState): void {
    const former = this.#now
    if (former.state === 'closed') return
    this.#now = next
    if (former.state === next.state && former.epoch === next.epoch) return // only the reason is new
    for (const listener of this.#listeners) safely(this.logger, () => listener(next))
  }
}
