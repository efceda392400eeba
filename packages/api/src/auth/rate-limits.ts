import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

import { Refusal } from '../problems.js'

/** How many wrong tokens an address may send in a second. */
const failuresPerSecond = 10

/** How often may be asked, in memory: each server counts for itself. What is counted is forgotten after its second, so an attacker fills nothing. */
export class RateLimits {
  readonly #requests: RateLimiterMemory | undefined
  readonly #failures = new RateLimiterMemory({ points: failuresPerSecond, duration: 1 })
  readonly #perSecond: number

  /** `perSecond`: requests with one token; 0 does not limit them. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#requests = perSecond > 0 ? new RateLimiterMemory({ points: perSecond, duration: 1 }) : undefined
  }

  /** Counts a request. @throws Refusal, 429 */
  async countRequest(tokenId: string): Promise<void> {
    await this.#requests?.consume(tokenId).catch(refuse(`More than ${this.#perSecond} requests a second with one token`))
  }

  /** Counts a token that opens nothing. @throws Refusal, 429 */
  async countFailure(address: string): Promise<void> {
    await this.#failures.consume(address).catch(refuse('Too many wrong tokens from this address'))
  }
}

const refuse = (detail: string) => (reason: unknown): never => {
  if (!(reason instanceof RateLimiterRes)) throw reason
  const seconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000))
  throw new Refusal(429, 'queue_full', detail, { hint: `Ask again in ${seconds} s.`, headers: { 'Retry-After': String(seconds) } })
}
