import { BackendUnreachable } from '@muster/common'
import type { Logger } from '@muster/common'
import type { LiveView } from '@muster/servicegroup'
import type { Response } from 'express'

import { tellAge } from './answer.js'

/** How far a view may be told as the truth. */
export type Trust =
  | { readonly kind: 'current' }
  /** The backend does not answer, but not for so long that its workers could have been given up. */
  | { readonly kind: 'stale'; readonly asOf: number }
  | { readonly kind: 'none'; readonly reason: string }

/** A live view, of whatever. */
export interface FollowedView<Change = unknown> extends Pick<LiveView, 'synced' | 'connection' | 'timeoutMs' | 'asOf'> {
  onChange(listener: (changes: readonly Change[]) => void): () => void
}

type ViewState = Pick<LiveView, 'synced' | 'connection' | 'timeoutMs'> & { readonly asOf: number }

/** What may be told of a view at `now` (wall time in ms) to a client that accepts what is `staleMs` old, though never less than the session timeout. */
export function trustIn({ synced, connection, asOf, timeoutMs }: ViewState, now: number, staleMs = 0): Trust {
  if (!synced) return { kind: 'none', reason: connection.reason ?? 'it has not been read yet' }
  if (connection.state === 'connected') return { kind: 'current' }
  if (connection.state !== 'closed' && now - asOf <= Math.max(timeoutMs, staleMs)) return { kind: 'stale', asOf }
  return { kind: 'none', reason: connection.reason ?? `the connection is ${connection.state}` }
}

/** What may be told of it now. */
export function trustOf(view: Pick<FollowedView, 'synced' | 'connection' | 'timeoutMs' | 'asOf'>, staleMs?: number): Trust {
  const { synced, connection, timeoutMs } = view
  return trustIn({ synced, connection, timeoutMs, asOf: view.asOf() }, Date.now(), staleMs)
}

/** How long a list asked for before the first sync waits for it. */
const firstSyncMs = 2000

/** Decides whether lists may be answered, and says so in the log when that changes. */
export class Freshness {
  readonly #view: FollowedView
  readonly #logger: Logger
  readonly #lists: string
  #refusing = false

  /** `lists`: what the log calls them. */
  constructor(view: FollowedView, logger: Logger, lists: string) {
    this.#view = view
    this.#logger = logger
    this.#lists = lists
  }

  /** True once lists can be told: see `firstSync`. */
  get synced(): boolean {
    return this.#view.synced
  }

  /** What a list waits for that is asked for before the view is synced, and only such a one: an answer after an await costs a tenth more. */
  firstSync(): Promise<void> {
    return firstSync(this.#view)
  }

  /**
   * Lets a list through when the view may be told, and marks the answer with its age. `staleMs`: how old a list this client
   * accepts. @throws BackendUnreachable rather than tell a list that may be wrong
   */
  admit(res: Response, staleMs: number): void {
    this.#report(trustOf(this.#view))
    const trust = trustOf(this.#view, staleMs)
    if (trust.kind === 'none') {
      throw new BackendUnreachable('the backend', trust.reason, { hint: 'Ask again in a moment; GET /readyz tells when lists are answered.' })
    }
    if (trust.kind === 'current') tellAge(res, this.#view.asOf())
    else tellAge(res, trust.asOf, true)
  }

  #report(trust: Trust): void {
    const refusing = trust.kind === 'none'
    if (refusing === this.#refusing) return
    this.#refusing = refusing
    if (trust.kind === 'none') this.#logger.error({ reason: trust.reason }, `${this.#lists} are refused: the backend cannot be read`)
    else this.#logger.info({}, `${this.#lists} are answered again`)
  }
}

/** Resolves at the first sync, or after `firstSyncMs` without one. */
export function firstSync(view: { readonly synced: boolean; onChange(listener: () => void): () => void }): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = view.onChange(() => {
      if (view.synced) finish()
    })
    const timer = setTimeout(() => finish(), firstSyncMs)
    const finish = (): void => {
      clearTimeout(timer)
      stopListening()
      resolve()
    }
  })
}
