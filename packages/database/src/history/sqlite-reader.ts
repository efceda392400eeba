import { statSync } from 'node:fs'
import { dirname } from 'node:path'

import { isMusterError, NotAllowed, NotFound } from '@muster/common'
import type { Kysely } from 'kysely'

import { openReader } from '../engine.js'
import { prepareFile, unusableFolder } from '../folder.js'
import { isBusy, translateSqliteError } from '../sqlite-errors.js'
import type { Reader } from './engine.js'
import { kyselyOn } from './kysely-on-sqlite.js'
import { SqliteCommits } from './sqlite-commits.js'

const busyTimeoutMs = 25

/** The file was changed while it was read as one that nobody changes. */
class Moved extends Error {}

/**
 * One SQLite file that is only read, perhaps by one who may not write it. Nothing of it is changed, and no side files are made: where there is a
 * write-ahead log it is read with its index, as SQLite does; where there is none the file is all, and it is read once more if it has changed meanwhile.
 */
export class SqliteReader<Tables> implements Reader<Tables> {
  readonly kind = 'sqlite'
  readonly shown: string
  readonly #begun = new Set<Promise<unknown>>()
  readonly #commits: SqliteCommits

  private constructor(file: string) {
    this.shown = file
    this.#commits = new SqliteCommits(() => stampOf(file).text)
  }

  /** @throws NotFound when there is no such file; NotAllowed, InvalidArgument, NotSupported or BackendUnreachable when its folder cannot be used. */
  static open<Tables>(file: string): SqliteReader<Tables> {
    if (!prepareFile(file, false)) throw new NotFound(`A history in ${file}`)
    return new SqliteReader(file)
  }

  read<T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
    const reading = this.#read(work)
    this.#begun.add(reading)
    const isOver = (): unknown => this.#begun.delete(reading)
    reading.then(isOver, isOver)
    return reading
  }

  readonly isHindered = (error: unknown): boolean => error instanceof Moved || isBusy(error)

  translate(error: unknown): unknown {
    const translated = translateSqliteError(error, this.shown)
    if (translated === error || !isMusterError(translated, 'not_allowed')) return translated
    return new NotAllowed(`Cannot open ${this.shown} for reading`, { cause: error, hint: 'It must be readable, and so must the files beside it that end with -wal and -shm.' })
  }

  onCommit(listener: () => void): () => void {
    return this.#commits.on(listener)
  }

  async close(): Promise<void> {
    this.#commits.close()
    await Promise.allSettled(this.#begun)
  }

  async #read<T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
    const { text, isStill } = stampOf(this.shown)
    const hasMoved = (): boolean => stampOf(this.shown).text !== text
    try {
      const result = await this.#readOnce(isStill, work)
      if (isStill && hasMoved()) throw new Moved()
      return result
    } catch (error) {
      const isMoot = hasMoved() && (isStill || !isMusterError(error))
      throw isMoot ? new Moved(undefined, { cause: error }) : error
    }
  }

  async #readOnce<T>(isStill: boolean, work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
    const connection = await openReader(this.shown, busyTimeoutMs, { isStill })
    try {
      connection.exec('PRAGMA temp_store = MEMORY')
      return await kyselyOn<Tables>(connection, 'BEGIN').transaction().execute(work)
    } finally {
      connection.close()
    }
  }
}

/** What is another after each commit. `isStill`: no commit waits beside the file. */
function stampOf(file: string): { readonly text: string; readonly isStill: boolean } {
  try {
    const found = [file, `${file}-wal`].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }))
    return { text: found.map((status) => (status ? `${status.ino} ${status.size} ${status.mtimeNs}` : 'none')).join(), isStill: (found[1]?.size ?? 0n) === 0n }
  } catch (cause) {
    throw unusableFolder(dirname(file), cause)
  }
}
