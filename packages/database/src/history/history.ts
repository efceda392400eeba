import { Closed, NotAllowed } from '@muster/common'
import type { Kysely, Transaction } from 'kysely'

import type { WaitOptions } from '../sqlite.js'
import { parseHistoryUrl } from './history-url.js'
import type { Engine, Hearers, Reader } from './engine.js'
import { migrate, mustBeReadable } from './migrate.js'
import type { Migrations } from './migrate.js'
import { PostgresqlEngine } from './postgresql-engine.js'
import { SqliteEngine } from './sqlite-engine.js'
import { SqliteReader } from './sqlite-reader.js'
import { untilFree } from './until-free.js'

export interface HistoryOptions {
  /** Whose tables these are: each package brings its own up to date, in the same database. */
  readonly tablesOf: string
  readonly migrations: Migrations
  /** Nothing is written, made or brought up to date: for one who may only read. Default false. */
  readonly readOnly?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

interface WriteOptions extends Partial<WaitOptions> {
  readonly tell?: Hearers | undefined
}

/**
 * Tables that outlive sessions, in SQLite or PostgreSQL, for the package that describes them. Transactions are asynchronous functions that
 * may be run more than once: what they do outside the database must not matter. Raw errors leave as errors of Muster.
 *
 * `timeoutMs`, 10 s by default, is how long others are waited for; on PostgreSQL the whole transaction must be over by then.
 */
export class History<Tables> {
  readonly #engine: Reader<Tables>
  readonly #writer: Pick<Engine<Tables>, 'write'> | undefined
  #closing: Promise<void> | undefined

  /** Without a `writer` it is only read. */
  constructor(engine: Reader<Tables>, writer?: Pick<Engine<Tables>, 'write'>) {
    this.#engine = engine
    this.#writer = writer
  }

  get kind(): 'sqlite' | 'postgresql' {
    return this.#engine.kind
  }

  /** For messages: the file, or the server and the database, without a password. */
  get shown(): string {
    return this.#engine.shown
  }

  /** Runs `work` on one snapshot. @throws BackendUnreachable, NotAllowed */
  read<T>(work: (tables: Kysely<Tables>) => Promise<T>, wait: Partial<WaitOptions> = {}): Promise<T> {
    return this.#untilFree((begun) => this.#engine.read(work, begun), wait)
  }

  /**
   * Runs `work` in a transaction, alone among those that write the same rows; resolves when it is on the disk. If `work` throws, nothing is stored.
   * `tell`: who is to hear of it by `onCommit`, where not everyone needs to: the others may hear of it all the same. Default everyone.
   * @throws BackendUnreachable (surely not stored), OutcomeUnknown, NotAllowed
   */
  write<T>(work: (tables: Transaction<Tables>) => Promise<T>, { tell = 'everyone', ...wait }: WriteOptions = {}): Promise<T> {
    const writer = this.#writer
    if (!writer) return Promise.reject(new NotAllowed(`${this.shown} is open for reading alone`))
    return this.#untilFree((begun) => writer.write(work, begun, tell), wait)
  }

  /** Calls `listener` soon after anybody, here or in another process, has committed a write, and perhaps for nothing. Returns the way to stop it. */
  onCommit(listener: () => void): () => void {
    if (this.#closing) throw new Closed(this.shown)
    return this.#engine.onCommit(listener)
  }

  /** Resolves when what was begun is over and every connection is closed. */
  close(): Promise<void> {
    this.#closing ??= this.#engine.close()
    return this.#closing
  }

  async #untilFree<T>(attempt: (wait: WaitOptions) => Promise<T>, wait: Partial<WaitOptions>): Promise<T> {
    try {
      return await untilFree(
        (left) => {
          if (this.#closing) throw new Closed(this.shown)
          return attempt(left)
        },
        this.#engine.isHindered,
        this.shown,
        wait,
      )
    } catch (error) {
      throw this.#engine.translate(error)
    }
  }
}

/**
 * Opens the database of a history and brings its tables up to date. `url`: `sqlite:<file>` (made if it is not there) or `postgresql://...`.
 * @throws InvalidArgument for a URL that is wrong; NotSupported when a package is missing or the tables are of a newer Muster, and with `readOnly`
 * of an older one; NotFound with `readOnly` when there are none; NotAllowed, BackendUnreachable
 */
export async function openHistory<Tables>(url: string, { tablesOf, migrations, readOnly = false, signal }: HistoryOptions): Promise<History<Tables>> {
  const history = readOnly ? await openToRead<Tables>(url) : await openToWrite<Tables>(url, signal)
  try {
    if (readOnly) await mustBeReadable(history as History<unknown>, tablesOf, migrations, signal)
    else await history.write((tables) => migrate(tables as Transaction<unknown>, tablesOf, migrations), { signal })
    return history
  } catch (error) {
    await history.close()
    throw error
  }
}

async function openToWrite<Tables>(url: string, signal: AbortSignal | undefined): Promise<History<Tables>> {
  const place = parseHistoryUrl(url)
  const engine = place.kind === 'sqlite' ? await SqliteEngine.open<Tables>(place.file, { signal }) : await PostgresqlEngine.open<Tables>(place)
  return new History<Tables>(engine, engine)
}

async function openToRead<Tables>(url: string): Promise<History<Tables>> {
  const place = parseHistoryUrl(url)
  return new History<Tables>(place.kind === 'sqlite' ? SqliteReader.open<Tables>(place.file) : await PostgresqlEngine.open<Tables>(place))
}
