/**
 * What can be known of a session without asking: the servers count from the last request they saw, which is at the
 * earliest when the last answered request was sent. All times are on `performance.now()`.
 */
export class Lease {
  #contactAt = -Infinity
  timeoutMs: number

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  begin(timeoutMs: number, contactAt: number): void {
    this.timeoutMs = timeoutMs
    this.#contactAt = contactAt
  }

  end(): void {
    this.#contactAt = -Infinity
  }

  renew(contactAt: number): void {
    if (contactAt > this.#contactAt) this.#contactAt = contactAt
  }

  /** Until then no server can have ended the session. */
  get trustedUntil(): number {
    return this.#contactAt + (this.timeoutMs * 2) / 3
  }

  /** From then on the session must be taken for over. */
  get over(): number {
    return this.#contactAt + this.timeoutMs
  }
}
