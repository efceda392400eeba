import { setTimeout as delay } from 'node:timers/promises'

import { BackendUnreachable, isMusterError, messageOf } from '@muster/common'
import type { JoinOptions, Membership } from '@muster/servicegroup'

/** How long one attempt to reach the backend may take. */
const connectTimeoutMs = 3000
/** Leaving takes at most this long; the entry then goes with its session. */
const leaveTimeoutMs = 3000
const firstRetryMs = 250
const lastRetryMs = 15_000

interface PresenceSettings {
  readonly backend: string
  readonly worker: JoinOptions & { readonly group: string }
  /** Is told what an operator should know. */
  readonly say: (sentence: string) => void
}

/** A command's place in its group: taken as soon as the backend can be reached, given back at the end. */
export class Presence {
  readonly #settings: PresenceSettings
  readonly #ending = new AbortController()
  #joining: Promise<Membership | undefined> = Promise.resolve(undefined)
  #ended: Promise<void> | undefined
  #late = false

  constructor(settings: PresenceSettings) {
    this.#settings = settings
  }

  /**
   * Makes sure that the backend answers and has the group. Resolves with undefined, or within 3 s with the reason why
   * it does not. @throws InvalidArgument, NotSupported for a backend URL or group that can never be used.
   */
  async connect(): Promise<unknown> {
    const { openCoordinator } = await import('@muster/coordination')
    const coordinator = await openCoordinator(this.#settings.backend)
    const signal = AbortSignal.timeout(connectTimeoutMs)
    try {
      await coordinator.createGroup(this.#group, { signal })
      return undefined
    } catch (error) {
      if (isMusterError(error, 'group_already_exist')) return undefined
      if (isHopeless(error)) throw error
      return signal.aborted ? new BackendUnreachable('the backend', `no answer within ${connectTimeoutMs / 1000} s`, { cause: error }) : error
    } finally {
      await coordinator.close().catch(() => {}) // it owned nothing
    }
  }

  /** Says once that joining is late. */
  tellLate(error: unknown): void {
    if (!this.#late) this.#tell(`cannot join group '${this.#group}' yet: ${messageOf(error)}; the command runs, joining goes on`)
    this.#late = true
  }

  /**
   * Begins to join with the pid of the command, when `ready` resolves with true, again and again until it works or can
   * never work. `ready` does not reject; its signal tells it that it is not waited for any more.
   */
  join(pid: number, ready: (signal: AbortSignal) => Promise<boolean>): void {
    this.#joining = ready(this.#ending.signal).then((isReady) => (isReady ? this.#joinUntilItWorks(pid) : undefined))
  }

  /** Leaves, for good. Resolves within 3 s of the first call, whatever the backend does. */
  end(): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end(): Promise<void> {
    this.#ending.abort()
    const inTime = new AbortController()
    const failure = await Promise.race([
      this.#leave(),
      delay(leaveTimeoutMs, `no answer within ${leaveTimeoutMs / 1000} s`, { signal: inTime.signal }),
    ])
    inTime.abort()
    if (failure !== undefined) this.#tell(`could not leave group '${this.#group}': ${failure}; the entry goes with its session`)
  }

  get #group(): string {
    return this.#settings.worker.group
  }

  #tell(sentence: string): void {
    this.#settings.say(sentence)
  }

  async #leave(): Promise<string | undefined> {
    try {
      const membership = await this.#joining
      await membership?.leave({ timeoutMs: leaveTimeoutMs })
      return undefined
    } catch (error) {
      return messageOf(error)
    }
  }

  async #joinUntilItWorks(pid: number): Promise<Membership | undefined> {
    const { backend, worker } = this.#settings
    const { signal } = this.#ending
    const ending = (): boolean => signal.aborted
    for (let retryMs = firstRetryMs; !ending(); retryMs = Math.min(lastRetryMs, retryMs * 2)) {
      try {
        const { join } = await import('@muster/servicegroup')
        const membership = await join({ backend, ...worker, process: pid, signal })
        if (this.#late) this.#tell(`joined group '${this.#group}'`)
        void this.#tellStates(membership)
        return membership
      } catch (error) {
        if (isHopeless(error)) {
          this.#tell(`cannot join group '${this.#group}': ${messageOf(error)}; the command runs without it`)
          return undefined
        }
        if (!ending()) this.tellLate(error)
      }
      await delay(retryMs * Math.random(), undefined, { signal }).catch(() => {})
    }
    return undefined
  }

  /** One line when the membership is in doubt, one when it is whole again. */
  async #tellStates(membership: Membership): Promise<void> {
    let whole = true
    for await (const state of membership.states()) {
      if (state === 'left') return
      if (whole === (state === 'joined')) continue
      whole = !whole
      this.#tell(whole ? `joined group '${this.#group}' again` : `lost touch with group '${this.#group}'; joining goes on`)
    }
  }
}

/** True for a description of the worker that no repetition mends. */
function isHopeless(error: unknown): boolean {
  return isMusterError(error, 'too_large') || (isMusterError(error, 'invalid_argument') && 'argument' in error && error.argument !== 'backend')
}
