import { closeSync, openSync, writeSync } from 'node:fs'

import { Closed } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Sql, Sqlite, WaitOptions, WriteOptions } from '@muster/database'

import { importDatabase } from './sql-errors.js'
import { doorbellOf, migrations } from './sql-paths.js'

/**
 * This process's way to the store's file. It is opened at the first need, made at the first write, and opened anew
 * when somebody has removed or replaced it, so that a running worker is never left alone in a file without a name.
 */
export class SqlStore {
  readonly file: string
  /** Identity of the store that was seen last; empty while there is none. */
  storeId = ''
  readonly #logger: Logger
  #current: Promise<Sqlite | undefined> = Promise.resolve(undefined)
  #doorbell: number | undefined
  #closed = false
  readonly #commitListeners = new Set<() => void>()

  constructor(file: string, logger: Logger) {
    this.file = file
    this.#logger = logger
  }

  /** Runs `work` on one snapshot; `ifAbsent` is the answer when there is no store. */
  async read<T>(work: (sql: Sql) => T, ifAbsent: T, wait: WaitOptions): Promise<T> {
    const database = await this.#open(false, wait)
    return database === undefined ? ifAbsent : database.read(work, wait)
  }

  /** Runs `work` in a write transaction, making the store if need be. */
  async write<T>(work: (sql: Sql) => T, options: WriteOptions): Promise<T> {
    const database = await this.#open(true, options)
    if (database === undefined) throw new Closed(this.file)
    return database.write(work, options)
  }

  /** As `write`, for a commit with a new revision: wakes the watchers of all processes. */
  async commit<T>(work: (sql: Sql) => T, options: WriteOptions): Promise<T> {
    const result = await this.write(work, options)
    this.#ring()
    for (const listener of this.#commitListeners) listener()
    return result
  }

  /** Calls `listener` after each commit of this process. */
  onCommit(listener: () => void): void {
    this.#commitListeners.add(listener)
  }

  /** Closes the file when the calls made before are through. */
  async close(): Promise<void> {
    this.#closed = true
    const database = await this.#current
    database?.retire()
    if (this.#doorbell !== undefined) closeSync(this.#doorbell)
    this.#doorbell = undefined
  }

  #open(create: boolean, wait: WaitOptions): Promise<Sqlite | undefined> {
    if (this.#closed) return Promise.reject(new Closed('The session'))
    const opened = this.#current.then(async (database) => {
      if (database !== undefined && !database.hasMoved()) return database
      database?.retire()
      const { Sqlite } = await importDatabase()
      const found = await Sqlite.open({ file: this.file, create, migrations, logger: this.#logger }, wait)
      this.storeId = found === undefined ? '' : ((await found.read((sql) => sql.get<{ store_id: string }>('SELECT store_id FROM store'), wait))?.store_id ?? '')
      if (found !== undefined) this.#hangDoorbell()
      return found
    })
    this.#current = opened.catch(() => undefined)
    return opened
  }

  #hangDoorbell(): void {
    if (this.#doorbell !== undefined) closeSync(this.#doorbell)
    try {
      this.#doorbell = openSync(doorbellOf(this.file), 'a', 0o600)
    } catch (error) {
      this.#doorbell = undefined // watchers of other processes then see changes at their safety poll
      this.#logger.warn({ err: error }, 'the store has no doorbell')
    }
  }

  #ring(): void {
    if (this.#doorbell === undefined) return
    try {
      writeSync(this.#doorbell, '1', 0)
    } catch (error) {
      this.#logger.debug({ err: error }, 'the doorbell did not ring')
    }
  }
}
