import { statSync } from 'node:fs'
import { setImmediate, setTimeout as delay } from 'node:timers/promises'

import { BackendUnreachable, Closed, NotSupported, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { openEngine } from './engine.js'
import type { Engine, EngineStatement, SqlValue } from './engine.js'
import { prepareFile } from './folder.js'
import { isBusy, translateSqliteError } from './sqlite-errors.js'
import { writeLockHolder } from './write-lock.js'

/** Statements within one transaction; each text is compiled once per connection. Rows have the shape that the caller's SQL gives them. */
export interface Sql {
  get<Row>(text: string, ...values: SqlValue[]): Row | undefined
  all<Row>(text: string, ...values: SqlValue[]): Row[]
  /** Returns the number of rows changed. */
  run(text: string, ...values: SqlValue[]): number
}

export interface SqliteOptions {
  readonly file: string
  /** Make the folder and the file if they are not there. */
  readonly create: boolean
  /** Scripts that bring the file from version n to n + 1; run once, in order. */
  readonly migrations: readonly string[]
  readonly logger?: Logger
}

export interface WaitOptions {
  /** How long a locked file is waited for. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export interface WriteOptions extends WaitOptions {
  /** Synchronised to the disk when the promise resolves. Default true; false for what no restart outlives anyway. */
  readonly durable?: boolean
}

// The engine's own wait blocks the event loop, so it is short; longer waits are asynchronous.
const busyTimeoutMs = 25
const longestPauseMs = 100
// The engine is synchronous, so a caller's loop of awaited calls would never let a timer fire.
const longestTurnMs = 10

interface Deadline extends WaitOptions {
  /** On `performance.now()`. */
  readonly until: number
}

const deadlineOf = (wait: WaitOptions): Deadline => ({ ...wait, until: performance.now() + wait.timeoutMs })

/**
 * One SQLite file in WAL mode, shared by many processes. Transactions are synchronous functions; calls of `write`
 * apply in their order. Raw errors leave as errors of Muster.
 */
export class Sqlite {
  readonly file: string
  readonly #engine: Engine
  readonly #inode: number
  readonly #statements = new Map<string, EngineStatement>()
  readonly #sql: Sql
  #lastWrite: Promise<unknown> = Promise.resolve()
  #synchronous = true
  #open = true
  #lastTurn = performance.now()

  private constructor(file: string, engine: Engine) {
    this.file = file
    this.#engine = engine
    this.#inode = statSync(file).ino
    this.#sql = {
      get: <Row>(text: string, ...values: SqlValue[]) => this.#statement(text).get(...values) as Row | undefined,
      all: <Row>(text: string, ...values: SqlValue[]) => this.#statement(text).all(...values) as Row[],
      run: (text, ...values) => Number(this.#statement(text).run(...values).changes),
    }
  }

  /**
   * Opens the file, or resolves to undefined if it is not there and `create` is false.
   * @throws NotAllowed, InvalidArgument, NotSupported or BackendUnreachable when the folder or file cannot be used.
   */
  static async open({ file, create, migrations, logger = silentLogger }: SqliteOptions, wait: WaitOptions): Promise<Sqlite | undefined> {
    if (!prepareFile(file, create)) return undefined
    let database: Sqlite | undefined
    try {
      const engine = await openEngine(file, busyTimeoutMs)
      database = new Sqlite(file, engine)
      await database.#untilFree(deadlineOf(wait), () => engine.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY'))
      await database.#migrate(migrations, create, wait, logger)
      return database
    } catch (error) {
      database?.close()
      throw translateSqliteError(error, file)
    }
  }

  /** Runs `work` on one snapshot of the file. */
  async read<T>(work: (sql: Sql) => T, wait: WaitOptions): Promise<T> {
    return this.#untilFree(deadlineOf(wait), () => {
      this.#mustBeOpen()
      this.#engine.exec('BEGIN')
      try {
        return work(this.#sql)
      } finally {
        this.#end('COMMIT')
      }
    })
  }

  /** Runs `work` in a write transaction and resolves when it is committed. If `work` throws, nothing is stored. */
  write<T>(work: (sql: Sql) => T, { durable = true, ...wait }: WriteOptions): Promise<T> {
    const deadline = deadlineOf(wait) // from the call on: waiting for its turn counts
    const result = this.#lastWrite.then(() =>
      this.#untilFree(deadline, () => {
        this.#mustBeOpen()
        if (durable !== this.#synchronous) {
          this.#engine.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`)
          this.#synchronous = durable
        }
        return this.#transaction(work)
      }),
    )
    this.#lastWrite = result.catch(() => undefined)
    return result
  }

  /** Grows when another connection has committed; costs some microseconds. */
  dataVersion(): number {
    this.#mustBeOpen()
    return (this.#statement('PRAGMA data_version').get() as { data_version: number }).data_version
  }

  /** True when the file at this path is no longer the one that was opened: somebody removed or replaced it. */
  hasMoved(): boolean {
    try {
      return statSync(this.file, { throwIfNoEntry: false })?.ino !== this.#inode
    } catch {
      return true // out of reach: opening it anew tells why
    }
  }

  /** Closes when the writes that were called before are through; does not wait for that. */
  retire(): void {
    void this.#lastWrite.finally(() => this.close())
  }

  /** Closes at once. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#statements.clear()
    this.#engine.close()
  }

  #statement(text: string): EngineStatement {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.#engine.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new Closed(this.file)
  }

  #transaction<T>(work: (sql: Sql) => T): T {
    this.#engine.exec('BEGIN IMMEDIATE')
    let committing = false
    try {
      const result = work(this.#sql)
      committing = true
      this.#engine.exec('COMMIT')
      return result
    } catch (error) {
      this.#end('ROLLBACK')
      throw translateSqliteError(error, this.file, committing)
    }
  }

  #end(statement: 'COMMIT' | 'ROLLBACK'): void {
    try {
      this.#engine.exec(statement)
    } catch {
      // The engine has rolled back by itself, as it does after a full disk; nothing was written by a read.
    }
  }

  /** Repeats `attempt` while another process holds the lock, with growing pauses, until it succeeds or time is up. */
  async #untilFree<T>({ until, timeoutMs, signal }: Deadline, attempt: () => T): Promise<T> {
    if (performance.now() - this.#lastTurn > longestTurnMs) {
      await setImmediate()
      this.#lastTurn = performance.now()
    }
    for (let pause = 1; ; pause = Math.min(pause * 2, longestPauseMs)) {
      signal?.throwIfAborted()
      try {
        return attempt()
      } catch (error) {
        if (!isBusy(error)) throw translateSqliteError(error, this.file)
        if (performance.now() >= until) throw this.#lockedFor(timeoutMs, error)
      }
      await delay(pause * (0.5 + Math.random()), undefined, signal ? { signal } : {})
    }
  }

  #lockedFor(timeoutMs: number, cause: unknown): BackendUnreachable {
    const pid = writeLockHolder(this.file)
    const holder = pid === undefined ? 'another process' : `process ${pid}`
    return new BackendUnreachable(this.file, `${holder} has kept it locked for ${Math.round(timeoutMs)} ms`, {
      cause,
      hint: pid === undefined ? 'A stopped process may hold the lock.' : `If that process is stopped, continue or end it: kill -CONT ${pid}, or kill ${pid}.`,
    })
  }

  async #migrate(migrations: readonly string[], create: boolean, wait: WaitOptions, logger: Logger): Promise<void> {
    const versionOf = (sql: Sql): number => sql.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
    const found = await this.read(versionOf, wait)
    if (found > migrations.length) {
      throw new NotSupported(`${this.file} was written by a newer Muster (format ${found}, this one knows ${migrations.length})`, { hint: 'Update this installation.' })
    }
    if (found === migrations.length) return
    await this.write((sql) => {
      const current = versionOf(sql) // another process may have been first
      for (const script of migrations.slice(current)) this.#engine.exec(script)
      this.#engine.exec(`PRAGMA user_version = ${migrations.length}`)
    }, wait)
    logger.debug({ file: this.file, from: found, to: migrations.length, create }, 'store migrated')
  }
}
