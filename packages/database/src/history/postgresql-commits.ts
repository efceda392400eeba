import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { onAbort } from '@muster/common'

import type { Hearers } from './engine.js'
import type { PostgresqlConnections } from './postgresql-connections.js'

const channel = 'muster_history'
/** A commit whose news was lost, with its writer or a connection, is told that late. */
const pollEveryMs = 1000
const [shortestPauseMs, longestPauseMs] = [100, 5000]

/**
 * Tells of commits to those who listen, here and in other processes: by LISTEN on a connection of its own, which comes back when it breaks,
 * and by the clock. NOTIFY is sent after a commit, not within: there it takes a lock that all who commit wait for until the disk has it.
 */
export class PostgresqlCommits {
  readonly #connections: PostgresqlConnections
  readonly #notify: (statement: string) => Promise<unknown>
  readonly #listeners = new Set<() => void>()
  /** Sent along, to know its own again. */
  readonly #sender = randomUUID()
  #listening: { readonly stopped: AbortController; readonly over: Promise<void> } | undefined

  #isUntold = false
  #telling: Promise<void> | undefined

  /** `notify` runs a statement, and has a deadline. */
  constructor(connections: PostgresqlConnections, notify: (statement: string) => Promise<unknown>) {
    this.#connections = connections
    this.#notify = notify
  }

  /** Tells of a commit that is done: who listens here at once. Nobody waits for it, and many at once are told once. */
  tell(hearers: Exclude<Hearers, 'nobody'>): void {
    if (hearers === 'everyone') this.#hear()
    this.#isUntold = true
    this.#telling ??= this.#tellOfAll().finally(() => (this.#telling = undefined))
  }

  /** Returns the way to stop it. The connection is there while anybody listens. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#listening ??= this.#start()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) void this.close()
    }
  }

  /** Resolves when what was to be told is told and the connection that listens is closed. */
  async close(): Promise<void> {
    const listening = this.#listening
    this.#listening = undefined
    listening?.stopped.abort()
    await Promise.all([listening?.over, this.#telling])
  }

  async #tellOfAll(): Promise<void> {
    while (this.#isUntold) {
      this.#isUntold = false
      await this.#notify(`SELECT pg_notify('${channel}', '${this.#sender}')`).catch(() => undefined) // who listens looks by itself as well
    }
  }

  #start(): { stopped: AbortController; over: Promise<void> } {
    const stopped = new AbortController()
    const poll = setInterval(() => this.#hear(), pollEveryMs).unref()
    return { stopped, over: this.#keepListening(stopped.signal).finally(() => clearInterval(poll)) }
  }

  async #keepListening(stopped: AbortSignal): Promise<void> {
    for (let pause = shortestPauseMs; !stopped.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
      if (await this.#listen(stopped)) pause = shortestPauseMs
      await delay(pause * (0.5 + Math.random()), undefined, { signal: stopped, ref: false }).catch(() => undefined) // stopped
    }
  }

  /** Resolves when the connection is over: to true if it ever served. */
  async #listen(stopped: AbortSignal): Promise<boolean> {
    const { client, socket } = this.#connections.client()
    const drop = (): unknown => socket.destroy()
    const over = new Promise<void>((resolve) => client.on('end', resolve))
    client.on('error', drop)
    client.on('notification', ({ payload }) => payload !== this.#sender && this.#hear())
    const stop = onAbort(stopped, drop)
    let hasServed = false
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
      socket.unref()
      hasServed = true
      this.#hear() // of what was committed before
      await over
    } catch {
      // not there, or stopped; until it is there the clock tells
    }
    stop()
    drop()
    return hasServed
  }

  #hear(): void {
    for (const listener of this.#listeners) listener()
  }
}
