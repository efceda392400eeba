import { Closed, LockLost, OperationTimedOut } from '@muster/common'
import type { MusterError } from '@muster/common'

import type { Revision } from '../contract.js'
import type { Trust } from './trust.js'

/** What was won, and how it is given up. */
export interface Won {
  /** In words: `Lock 'disk'`. */
  readonly what: string
  /** Of the contender's entry. */
  readonly created: Revision
  readonly epoch: number
  readonly trust: Trust
  readonly sessionTimeoutMs: number
  /** After a loss it stays in the line until `release`. */
  readonly keepPlace: boolean
  /** Resolves when the contender's entry is surely gone. */
  readonly withdraw: () => Promise<void>
}

/**
 * A lock or a leadership that was won. It ends once and for all: when it is released, when its session is lost, when another hand
 * has taken it away, and when the backend has been silent for two thirds of the session timeout, which is before anybody else
 * can get it.
 */
export class Holding implements AsyncDisposable {
  /** Grows from each holder to the next: what the holder writes to should refuse a smaller one than it has seen. */
  readonly fencingToken: bigint
  /** Resolves with the reason when it is held no more: LockLost, or Closed after `release`. */
  readonly ended: Promise<MusterError>
  readonly #won: Won
  #controller: AbortController | undefined
  readonly #stopRelying: () => void
  #tellEnded: (reason: MusterError) => void = () => {}
  #reason: MusterError | undefined
  #withdrawn: Promise<void> | undefined

  constructor(won: Won) {
    this.#won = won
    this.fencingToken = BigInt(won.created)
    this.ended = new Promise((resolve) => (this.#tellEnded = resolve))
    this.#stopRelying = won.trust.rely({ epoch: won.epoch, needsContact: true, end: (cause) => this.lose(cause.message, cause) })
  }

  /** True while no other can hold it. Computed from the clock at each look; once false, false for ever. */
  get held(): boolean {
    return this.#look()
  }

  /** Aborts when it is held no more, with the reason as `ended` tells it; `signal.aborted` is computed as `held` is. */
  get signal(): AbortSignal {
    this.#controller ??= this.#makeController()
    this.#look() // so that a signal that is only passed on has aborted in time
    return this.#controller.signal
  }

  /**
   * Gives it up: `held` is false at once. Resolves when the backend has let the next one in.
   * @throws OperationTimedOut after one session timeout: it goes on trying, and at the latest the end of the session frees it.
   */
  async release(): Promise<void> {
    this.#end(new Closed(this.#won.what))
    const { what, sessionTimeoutMs, withdraw } = this.#won
    this.#withdrawn ??= withdraw()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), sessionTimeoutMs)))
    const outcome = await Promise.race([this.#withdrawn, late])
    clearTimeout(timer)
    if (outcome === 'late') throw new OperationTimedOut(`Releasing ${what}`, sessionTimeoutMs)
  }

  /** For the recipes: it is held no more, for a reason that the holder must be told. */
  lose(reason: string, cause?: Error): void {
    this.#end(new LockLost(this.#won.what, reason, { cause }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }

  #end(reason: MusterError): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason)
    this.#tellEnded(reason)
    if (!this.#won.keepPlace) this.#withdrawn = this.#won.withdraw()
    queueMicrotask(() => this.#stopRelying()) // it may end while it is being made
  }

  /** Not in all holdings: it costs as much as all the rest of one. */
  #makeController(): AbortController {
    const controller = new AbortController()
    // From the clock at each look: in a process that was stopped, callbacks of others run before any timer of ours.
    Object.defineProperty(controller.signal, 'aborted', { get: () => !this.#look() })
    Object.defineProperty(controller.signal, 'throwIfAborted', { value: () => this.#mustBeHeld() })
    if (this.#reason !== undefined) controller.abort(this.#reason)
    return controller
  }

  #look(): boolean {
    const { trust, epoch } = this.#won
    if (this.#reason === undefined && !trust.isTrusted(epoch)) trust.check()
    return this.#reason === undefined
  }

  #mustBeHeld(): void {
    if (!this.#look()) throw this.#reason as Error
  }
}
