import { messageOf } from '@muster/common'
import type { Session } from '@muster/coordination/internal'

import { hasHash, idOfText } from './token-text.js'
import { decodeToken, tokenCollection } from './token-record.js'
import type { StoredToken } from './token-record.js'
import { isExpired } from './token.js'
import type { Token } from './token.js'

/** Every token, live in memory: what a server asks at each request. */
export class TokensView {
  readonly #abort = new AbortController()
  readonly #following: Promise<void>
  readonly #listeners = new Set<() => void>()
  /** By id; also those that cannot be read: they open nothing, but they are there. */
  readonly #stored = new Map<string, StoredToken | undefined>()
  #isSynced = false
  #failure: string | undefined

  constructor(session: Session) {
    this.#following = this.#follow(session).catch((error: unknown) => {
      this.#failure = messageOf(error)
      this.#tell()
    })
  }

  /** True once every token has been seen; false again if they are followed no more: a revoked one would not be known. */
  get synced(): boolean {
    return this.#isSynced && this.#failure === undefined
  }

  /** Why it is not synced, if that is known. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** True while there is no token at all, expired ones included. */
  get isEmpty(): boolean {
    return this.#stored.size === 0
  }

  /** The token of this text, unless there is none, it was revoked or it has expired by `now` (wall time in ms). */
  find(text: string, now: number): Token | undefined {
    const stored = this.#stored.get(idOfText(text) ?? '')
    return hasHash(text, stored?.hash) && stored && !isExpired(stored.token, now) ? stored.token : undefined
  }

  /** Whether this very token is still good. */
  isGood(token: Token, now: number): boolean {
    return this.#stored.get(token.id)?.token.createdAt === token.createdAt && !isExpired(token, now)
  }

  /** Calls `listener` at the first sync and when tokens have come or gone; returns the way to stop it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.#following
  }

  async #follow(session: Session): Promise<void> {
    for await (const { synced, changes } of session.watch(tokenCollection, { signal: this.#abort.signal })) {
      for (const change of changes) {
        if (change.type === 'put') this.#stored.set(change.entry.key, decodeToken(change.entry))
        else this.#stored.delete(change.before.key)
      }
      if (synced) this.#isSynced = true
      this.#tell()
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
