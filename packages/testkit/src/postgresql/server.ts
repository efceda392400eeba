import { messageOf } from '@muster/common'
import pg from 'pg'

import { RunningServer, started } from '../running-server.js'
import type { Look } from '../running-server.js'
import { findProvider } from './locate.js'
import type { PostgresqlOptions } from './options.js'
import { createProgramsRuntime } from './programs-runtime.js'
import type { PostgresqlRuntime } from './programs-runtime.js'

/** A real PostgreSQL server, made by `startPostgresql`. `await using` ends it and removes its data. */
export interface PostgresqlServer extends AsyncDisposable {
  /** host:port, the same after a restart. */
  readonly endpoint: string
  /** What it logs, over all its runs. */
  readonly logFile: string
  /** Makes an empty database and resolves to its URL, of the user that may do everything. */
  createDatabase(): Promise<string>
  /** Runs statements as that user, by default in the database that is always there. Resolves to the rows of the last. */
  sql(text: string, url?: string): Promise<readonly Record<string, unknown>[]>
  /** Ends it with SIGKILL, suspended or not, and all its connections. Resolves when it is gone. */
  kill(): Promise<void>
  /** Ends it with SIGINT: what is not committed is rolled back. Resolves when it is gone. */
  stop(): Promise<void>
  /** Starts it again, on its port and its data. Resolves when it serves. */
  start(): Promise<void>
  /** SIGSTOP to all its processes: connections stay, it says nothing. Resolves when it is so. */
  suspend(): Promise<void>
  /** SIGCONT. */
  resume(): Promise<void>
}

/** Starts a server of its own on a free port of 127.0.0.1. Resolves when it serves. */
export async function startPostgresql(options: PostgresqlOptions = {}): Promise<PostgresqlServer> {
  const provider = await findProvider()
  // testcontainers takes most of a second to load: only where it is needed.
  const runtime = provider.kind === 'programs' ? await createProgramsRuntime(provider, options) : await (await import('./docker-runtime.js')).createDockerRuntime(provider, options)
  return started(new RunningPostgresql(runtime, options))
}

class RunningPostgresql extends RunningServer<PostgresqlRuntime> implements PostgresqlServer {
  protected readonly name = 'PostgreSQL'
  protected readonly startTimeoutMs = 60_000
  protected readonly lookEveryMs = 20
  readonly #options: PostgresqlOptions
  #databases = 0

  constructor(runtime: PostgresqlRuntime, options: PostgresqlOptions) {
    super(runtime)
    this.#options = options
  }

  async createDatabase(): Promise<string> {
    const name = `test_${++this.#databases}`
    await this.sql(`CREATE DATABASE ${name}`)
    return this.#url(name)
  }

  async sql(text: string, url = this.#url('postgres')): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 20_000 })
    client.on('error', () => undefined) // of an idle connection that breaks; a statement that fails rejects
    try {
      await client.connect()
      const results = (await client.query(text)) as unknown as pg.QueryResult<Record<string, unknown>> | pg.QueryResult<Record<string, unknown>>[]
      return (Array.isArray(results) ? results.at(-1) : results)?.rows ?? []
    } finally {
      await client.end()
    }
  }

  protected beginLooking(): Look {
    return () => this.sql('SELECT 1').then(() => undefined, messageOf)
  }

  #url(database: string): string {
    const { tls } = this.#options
    return `postgresql://postgres@${this.endpoint}/${database}${tls ? `?sslmode=verify-full&sslrootcert=${tls.ca}` : ''}`
  }
}
