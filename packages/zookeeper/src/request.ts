import { onAbort, OutcomeUnknown } from '@muster/common'

import type { Reader } from './codec.js'
import { ZooKeeperError } from './errors.js'
import type { Operation } from './operations.js'

export interface RequestOptions {
  /** Ends the wait: nothing is sent any more; a change that was sent already is OutcomeUnknown. */
  readonly signal?: AbortSignal | undefined
  /** The epoch of the session in which alone the request makes sense; in another one it is SessionLost and not sent. */
  readonly epoch?: number | undefined
}

/** One call on its way: settled exactly once. */
export class Request<out T = unknown> {
  readonly promise: Promise<T>
  readonly epoch: number | undefined
  /** `performance.now()` of the moment it was written to the connection. */
  sentAt = 0
  bytes = 0
  xid = 0
  settled = false
  /** True for a request that makes no sense on another connection than its own. */
  bound = false
  /** Called once, when it has ended. */
  onEnd: (() => void) | undefined
  #resolve!: (value: unknown) => void
  #reject!: (error: unknown) => void
  #stopListening: (() => void) | undefined

  /** @param deadline on `performance.now()`: unsent until then, it is given up */
  constructor(
    readonly operation: Operation<T>,
    readonly deadline: number,
    { signal, epoch }: RequestOptions = {},
  ) {
    this.epoch = epoch
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve as (value: unknown) => void
      this.#reject = reject
    })
    if (signal) this.#listen(signal)
  }

  /** Reads the reply. @throws ProtocolError when it is none; the request is then still open */
  answer(error: number, zxid: bigint, reader: Reader): void {
    if (this.settled) return
    if (error !== 0) {
      this.fail(new ZooKeeperError(error, this.operation.text))
      return
    }
    let value: T
    try {
      value = this.operation.read(reader, zxid)
    } catch (refusal) {
      if (!(refusal instanceof ZooKeeperError)) throw refusal
      this.fail(refusal) // of a multi: its reply says so within
      return
    }
    this.#settle()
    this.operation.ended?.(undefined, value)
    this.onEnd?.()
    this.#resolve(value)
  }

  fail(error: unknown): void {
    if (this.settled) return
    this.#settle()
    this.operation.ended?.(error)
    this.onEnd?.()
    this.#reject(error)
  }

  #settle(): void {
    this.settled = true
    this.#stopListening?.()
  }

  #listen(signal: AbortSignal): void {
    const abort = (): void => {
      const mayBeDone = this.sentAt > 0 && this.operation.changes
      this.fail(mayBeDone ? new OutcomeUnknown(this.operation.text, 'the caller gave up waiting', { cause: signal.reason }) : signal.reason)
    }
    if (signal.aborted) {
      abort()
      return
    }
    this.#stopListening = onAbort(signal, abort)
  }
}
