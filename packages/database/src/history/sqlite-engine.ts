import type { Kysely, Transaction } from 'kysely'

import { openEngine } from '../engine.js'
import type { Engine as SqliteConnection } from '../engine.js'
import { prepareFile } from '../folder.js'
import type { WaitOptions } from '../sqlite.js'
import { isBusy, translateSqliteError } from '../sqlite-errors.js'
import type { Engine, Hearers } from './engine.js'
import { kyselyOn } from './kysely-on-sqlite.js'
import { SqliteCommits } from './sqlite-commits.js'
import { untilFree } from './until-free.js'

// The engine's own wait blocks the event loop, so it is short; longer waits are asynchronous.
const busyTimeoutMs = 25

const pragmas = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY'

/** One SQLite file with a connection for readers and one for writers, so that reading never waits for a writer. */
export class SqliteEngine<Tables> implements Engine<Tables> {
  readonly kind = 'sqlite'
  readonly shown: string
  readonly #connections: readonly SqliteConnection[]
  readonly #reader: Kysely<Tables>
  readonly #writer: Kysely<Tables>
  readonly #commits: SqliteCommits

  private constructor(file: string, reading: SqliteConnection, writing: SqliteConnection) {
    this.shown = file
    this.#connections = [reading, writing]
    this.#reader = kyselyOn(reading, 'BEGIN')
    this.#writer = kyselyOn(writing, 'BEGIN IMMEDIATE')
    const version = reading.prepare('PRAGMA data_version') // grows when another connection has committed: our writer is one
    this.#commits = new SqliteCommits(() => (version.get() as { data_version: number }).data_version)
  }

  /** @throws NotAllowed, InvalidArgument, NotSupported or BackendUnreachable when the folder or file cannot be used. */
  static async open<Tables>(file: string, wait: Partial<WaitOptions>): Promise<SqliteEngine<Tables>> {
    prepareFile(file, true)
    const opened: SqliteConnection[] = []
    try {
      const [reading, writing] = [await openEngine(file, busyTimeoutMs), await openEngine(file, busyTimeoutMs)]
      opened.push(reading, writing)
      const prepare = (): void => opened.forEach((connection) => connection.exec(pragmas))
      await untilFree(prepare, isBusy, file, wait)
      return new SqliteEngine(file, reading, writing)
    } catch (error) {
      for (const connection of opened) connection.close()
      throw translateSqliteError(error, file)
    }
  }

  read<T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#reader.transaction().execute(work)
  }

  async write<T>(work: (tables: Transaction<Tables>) => Promise<T>, _wait: WaitOptions, tell: Hearers): Promise<T> {
    const stage = { committing: false }
    try {
      return await this.#writer.transaction().execute(async (tables) => {
        const result = await work(tables)
        stage.committing = true
        return result
      })
    } catch (error) {
      throw isBusy(error) ? error : translateSqliteError(error, this.shown, stage.committing)
    } finally {
      if (stage.committing && tell === 'everyone') this.#commits.look() // else it is found when it is looked next: what others have committed is not told from it
    }
  }

  readonly isHindered = isBusy

  translate(error: unknown): unknown {
    return translateSqliteError(error, this.shown)
  }

  onCommit(listener: () => void): () => void {
    return this.#commits.on(listener)
  }

  async close(): Promise<void> {
    this.#commits.close()
    await Promise.all([this.#reader, this.#writer].map((tables) => tables.connection().execute(() => Promise.resolve()))) // what was begun is over
    for (const connection of this.#connections) connection.close()
  }
}
