import { Fifo } from './fifo.js'
import type { Request } from './request.js'

/** Requests that wait for a connection, in the order of their calls, which is also that of their deadlines. */
export class Queue {
  #requests = new Fifo<Request>()

  get length(): number {
    return this.#requests.length
  }

  /** On `performance.now()`; Infinity when nothing waits. */
  get nextDeadline(): number {
    return this.#requests.peek()?.deadline ?? Infinity
  }

  push(request: Request): void {
    this.#requests.push(request)
  }

  /** The next one that still wants to be sent. */
  shift(): Request | undefined {
    for (;;) {
      const request = this.#requests.shift()
      if (request === undefined || !request.settled) return request
    }
  }

  /** Puts back what was sent in vain, before everything else. */
  putBack(requests: readonly Request[]): void {
    if (requests.length === 0) return
    const later = this.#requests.drain()
    for (const request of requests) this.#requests.push(request)
    for (const request of later) this.#requests.push(request)
  }

  /** Removes and returns those whose deadline has passed. */
  takeOverdue(now: number): Request[] {
    const overdue: Request[] = []
    for (let request = this.#requests.peek(); request && (request.settled || request.deadline <= now); request = this.#requests.peek()) {
      overdue.push(request)
      this.#requests.shift()
    }
    return overdue
  }

  drain(): Request[] {
    return this.#requests.drain()
  }

  /** Fails those for which there is a reason. */
  failWhere(reason: (request: Request) => Error | undefined): void {
    for (const request of this.#requests.drain()) {
      const error = reason(request)
      if (error) request.fail(error)
      else this.#requests.push(request)
    }
  }
}
