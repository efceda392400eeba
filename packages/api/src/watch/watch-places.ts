import type { Response } from 'express'

import { limits } from '../limits.js'
import { networkOf } from '../network.js'
import { Refusal } from '../problems.js'

/** How many clients may watch: in all, and from one network. They never fill the connections, so that lists are still answered. */
export class WatchPlaces {
  readonly #most: number
  readonly #mostOfNetwork: number
  readonly #taken = new Map<string, number>()
  #all = 0

  constructor(connections: number) {
    this.#most = Math.max(1, Math.floor(connections * limits.shareOfStreams))
    this.#mostOfNetwork = Math.max(1, Math.floor(connections * limits.shareOfStreamsOfAddress))
  }

  /** Takes a place for a client at this address until its answer ends. @throws Refusal: 503 when all are taken, 429 when the address has its share */
  take(address: string, response: Pick<Response, 'once'>): void {
    const network = networkOf(address)
    const taken = this.#taken.get(network) ?? 0
    if (taken >= this.#mostOfNetwork) throw tooMany(429, `${taken} clients watch from this address, as many as may`)
    if (this.#all >= this.#most) throw tooMany(503, `${this.#all} clients watch, as many as may`)
    this.#taken.set(network, taken + 1)
    this.#all += 1
    response.once('close', () => this.#free(network))
  }

  #free(network: string): void {
    const left = (this.#taken.get(network) ?? 1) - 1
    if (left === 0) this.#taken.delete(network)
    else this.#taken.set(network, left)
    this.#all -= 1
  }
}

const tooMany = (status: number, detail: string): Refusal =>
  new Refusal(status, 'queue_full', detail, { hint: 'Ask another server, or let it have more connections: --max-connections.', headers: { 'Retry-After': '5' } })
