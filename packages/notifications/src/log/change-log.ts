import { InvalidArgument, TooLarge } from '@muster/common'
import { openHistory } from '@muster/database/history'
import type { History } from '@muster/database/history'
import type { Worker } from '@muster/servicegroup'
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely'

import type { Change, ObservedService } from './change.js'
import { toChange, toText } from './rows.js'
import { noLongerKept } from './state-at.js'
import { migrations, tablesOf } from './tables.js'
import type { Tables } from './tables.js'

/** Which changes: fields AND, values of one field OR, compared exactly. */
export interface ChangeFilter {
  readonly type?: string | readonly string[] | undefined
  readonly host?: string | readonly string[] | undefined
  readonly kind?: string | readonly string[] | undefined
}

export interface ReadChangesOptions {
  /** The changes after that number; default: from the first that is kept. */
  readonly after?: number | undefined
  /** Only changes at that time or later, ms. */
  readonly from?: number | undefined
  /** At most so many, 1 to 1000, default 100. */
  readonly limit?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A page of the log. */
export interface PageOf<T> {
  readonly changes: readonly T[]
  /** The number to go on after: of the last change looked at, whether it matched or not. */
  readonly next: number
  /** The first number that is kept; a reader that has not seen the one before it has missed some. */
  readonly firstSeq: number
  /** The last number that is given; 0 before the first. */
  readonly lastSeq: number
}

export type ChangePage = PageOf<Change>

/** Called when changes were added; with these, where it was on this very log. */
type Listener = (added?: readonly Change[]) => void

const mostRows = 1000
/** No index helps to find a kind: a page of rare ones ends after so many others, rather than to read the whole log. */
const mostLookedAt = 10_000
/** Held in memory, to be undone. */
const mostUndone = 200_000
const emptyLog = { id: '', store: '', observer: '', first_seq: 1, next_seq: 1 }

/** Whether a filter shows a change; `read` does so by itself. */
export function matchesChange({ type, host, kind }: ChangeFilter, change: Pick<Change, 'type' | 'host' | 'kind'>): boolean {
  const isOne = (wanted: string | readonly string[] | undefined, value: string | null): boolean => wanted === undefined || (value !== null && [wanted].flat().includes(value))
  return isOne(type, change.type) && isOne(host, change.host) && isOne(kind, change.kind)
}

/** The log of all changes of a store, by number. Any process may read it; only the observer writes it. */
export class ChangeLog {
  readonly history: History<Tables>
  readonly #listeners = new Set<Listener>()

  private constructor(history: History<Tables>) {
    this.history = history
  }

  /** Opens the log in a database: `sqlite:<file>` or `postgresql://...`; it is made if it is not there, but not with `readOnly`: then nothing is written, and it is NotFound. @throws as `openHistory` */
  static async open(url: string, options: { readonly readOnly?: boolean | undefined; readonly signal?: AbortSignal | undefined } = {}): Promise<ChangeLog> {
    return new ChangeLog(await openHistory<Tables>(url, { tablesOf, migrations, ...options }))
  }

  /**
   * A page of the changes that match, oldest first. It may have fewer than `limit`, or none, before the end of the log: go on after `next` until that
   * is `lastSeq`. @throws InvalidArgument for a limit out of range
   */
  read(filter?: ChangeFilter, options?: ReadChangesOptions): Promise<ChangePage> {
    return this.#read(toChange, filter, options)
  }

  /** The same page, each change as JSON: for who only passes it on. */
  readTexts(filter?: ChangeFilter, options?: ReadChangesOptions): Promise<PageOf<string>> {
    return this.#read(toText, filter, options)
  }

  async #read<T>(as: (row: Tables['changes']) => T, filter: ChangeFilter = {}, { after, from, limit = 100, signal }: ReadChangesOptions = {}): Promise<PageOf<T>> {
    if (!Number.isInteger(limit) || limit < 1 || limit > mostRows) throw new InvalidArgument('limit', `limit: ${limit} is out of range`, { hint: `Give 1 to ${mostRows}.` })
    return this.history.read(
      async (tables) => {
        const { first_seq: firstSeq, next_seq: nextSeq } = (await tables.selectFrom('log').select(['first_seq', 'next_seq']).executeTakeFirst()) ?? emptyLog
        const lastSeq = nextSeq - 1
        const begin = Math.max(after ?? 0, firstSeq - 1, from === undefined ? 0 : ((await firstAt(tables, from)) ?? nextSeq) - 1)
        const end = filter.kind === undefined ? lastSeq : Math.min(lastSeq, begin + mostLookedAt)
        const rows = await tables
          .selectFrom('changes')
          .selectAll()
          .where('seq', '>', begin)
          .where('seq', '<=', end)
          .$if(from !== undefined, (query) => query.where('at', '>=', from ?? 0))
          .where((of) => of.and(conditions(of, filter)))
          .orderBy('seq')
          .limit(limit)
          .execute()
        const last = rows.length === limit ? (rows.at(-1)?.seq ?? 0) : end
        return { changes: rows.map(as), next: Math.max(last, after ?? 0), firstSeq, lastSeq }
      },
      { signal },
    )
  }

  /**
   * Calls `listener` soon after changes were added, and perhaps for nothing. It is given them where an observer has added them to this very
   * `ChangeLog`, and need not read them. Returns the way to stop it.
   */
  onAdded(listener: Listener): () => void {
    const stopListening = this.history.onCommit(() => listener())
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      stopListening()
    }
  }

  /** Tells those who listen here of changes that were added with `tell: 'others'`. */
  announce(added: readonly Change[]): void {
    for (const listener of this.#listeners) listener(added)
  }

  /**
   * What is known now, and every change of a worker or a service since that time, ms, oldest first. `seq`: of the last change before.
   * @throws NotFound when the log does not go so far back
   */
  async readBack(time: number, signal?: AbortSignal): Promise<{ seq: number; state: { workers: Worker[]; services: ObservedService[] }; since: Change[] }> {
    return this.history.read(
      async (tables) => {
        const { first_seq: firstSeq, next_seq: nextSeq } = (await tables.selectFrom('log').select(['first_seq', 'next_seq']).executeTakeFirst()) ?? emptyLog
        const last = await tables.selectFrom('changes').select('seq').where('at', '<=', time).orderBy('at', 'desc').orderBy('seq', 'desc').limit(1).executeTakeFirst()
        if (!last && (firstSeq > 1 || nextSeq === 1)) throw noLongerKept(time)
        const seq = last?.seq ?? 0
        const rows = await tables.selectFrom('changes').selectAll().where('seq', '>', seq).where('kind', '!=', 'gap').orderBy('seq').limit(mostUndone + 1).execute()
        if (rows.length > mostUndone) throw new TooLarge('What has happened since that time, in changes,', rows.length, mostUndone)
        const workers = (await tables.selectFrom('presence').select('worker').execute()).map(({ worker }) => JSON.parse(worker) as Worker)
        const services = (await tables.selectFrom('services').select('observed').execute()).map(({ observed }) => JSON.parse(observed) as ObservedService)
        return { seq, state: { workers, services }, since: rows.map(toChange) }
      },
      { signal },
    )
  }

  /** How far a sink has been told. One that has never been told begins after the last change there is now. */
  readCursor(sink: string, signal?: AbortSignal): Promise<number> {
    return this.history.write(
      async (tables) => {
        const { next_seq: next } = (await tables.selectFrom('log').select('next_seq').executeTakeFirst()) ?? emptyLog
        await tables.insertInto('cursors').values({ sink, seq: next - 1 }).onConflict((conflict) => conflict.column('sink').doNothing()).execute()
        return (await tables.selectFrom('cursors').select('seq').where('sink', '=', sink).executeTakeFirstOrThrow()).seq
      },
      { signal },
    )
  }

  /** A sink has been told up to and with that number. */
  async writeCursor(sink: string, seq: number, signal?: AbortSignal): Promise<void> {
    await this.history.write((tables) => tables.updateTable('cursors').set({ seq }).where('sink', '=', sink).execute(), { tell: 'nobody', signal })
  }

  close(): Promise<void> {
    return this.history.close()
  }
}

/** The first number at that time or later: by the index of times, where the numbers alone would be read from the beginning. */
async function firstAt(tables: Kysely<Tables>, from: number): Promise<number | undefined> {
  return (await tables.selectFrom('changes').select('seq').where('at', '>=', from).orderBy('at').orderBy('seq').limit(1).executeTakeFirst())?.seq
}

function conditions(of: ExpressionBuilder<Tables, 'changes'>, filter: ChangeFilter): Expression<SqlBool>[] {
  return (['type', 'host', 'kind'] as const).flatMap((field) => {
    const wanted = filter[field]
    return wanted === undefined ? [] : [of(field, 'in', [wanted].flat())]
  })
}
