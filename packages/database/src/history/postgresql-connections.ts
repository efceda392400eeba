import { once } from 'node:events'
import { Socket } from 'node:net'

import { NotSupported } from '@muster/common'
import type * as Library from 'pg'
import type { Client, ClientBase, ClientConfig, Pool } from 'pg'

const connectTimeoutMs = 10_000
const idleTimeoutMs = 10_000
/** How long a server may take to close its end. */
const farewellMs = 1000

/** A query with a deadline of its own: pg takes it so, though its types do not say it. */
export const withTimeout = (text: string, timeoutMs: number): { readonly text: string } => ({ text, ...{ query_timeout: timeoutMs } })

/** The server looks that often whether a client that it keeps waiting is still there: else the lock would be waited for by nobody. */
const look = withTimeout('SET client_connection_check_interval = 500', connectTimeoutMs)
const lookForClient = (client: ClientBase): Promise<unknown> => client.query(look).catch(() => undefined) // not every system can look

const [int8, numeric] = [20, 1700]

/** As SQLite's engine does: an integer that is no exact number is an error. Sums of int8 are numeric. */
function toNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`)
  return value
}

/** Makes all connections to one server, and closes them even when it is silent. */
export class PostgresqlConnections {
  readonly #library: typeof Library
  readonly #config: ClientConfig
  readonly #sockets = new Set<Socket>()
  readonly #pools: Pool[] = []

  private constructor(library: typeof Library, url: string) {
    this.#library = library
    const inherited: { getTypeParser(oid: number, format?: 'text'): unknown } = library.types
    this.#config = {
      connectionString: url,
      fallback_application_name: 'muster',
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      stream: () => this.#newSocket(),
      types: { getTypeParser: ((oid: number, format?: 'text') => (oid === int8 || oid === numeric ? toNumber : inherited.getTypeParser(oid, format))) as typeof library.types.getTypeParser },
    }
  }

  /** @throws NotSupported when the package pg is missing */
  static async load(url: string): Promise<PostgresqlConnections> {
    try {
      return new PostgresqlConnections(await import('pg'), url)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
      throw new NotSupported('A history on PostgreSQL needs the package pg', { cause, hint: 'npm install pg@8.23.1' })
    }
  }

  /** At most `max` connections, made when they are needed and closed when nobody has needed them for 10 s. */
  pool(max: number): Pool {
    const onConnect: (client: ClientBase) => unknown = lookForClient // it is waited for, whatever its type says
    const pool = new this.#library.Pool({
      ...this.#config,
      max,
      idleTimeoutMillis: idleTimeoutMs,
      onConnect,
    })
    pool.on('error', () => undefined) // an idle connection broke: the pool has dropped it and makes another
    this.#pools.push(pool)
    return pool
  }

  /** A connection that is in no pool; not open yet. */
  client(): { readonly client: Client; readonly socket: Socket } {
    const socket = this.#newSocket()
    return { client: new this.#library.Client({ ...this.#config, query_timeout: connectTimeoutMs, stream: () => socket }), socket }
  }

  /** Resolves when all are closed. Nobody may use one any more. */
  async close(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => once(socket, 'close'))
    const late = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), farewellMs)
    await Promise.all(this.#pools.map((pool) => pool.end()))
    await Promise.all(closed)
    clearTimeout(late)
  }

  #newSocket(): Socket {
    const socket = new Socket()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }
}
