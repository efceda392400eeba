import { LockLost } from '@muster/common'
import type { History } from '@muster/database/history'
import type { Worker } from '@muster/servicegroup'
import type { Transaction } from 'kysely'

import type { Change, NewChange, ObservedService } from '../log/change.js'
import { toChange, toRow } from '../log/rows.js'
import type { Tables } from '../log/tables.js'
import { Picture } from './picture.js'

const rowsAtOnce = 100
/** So few that no other writer waits for long. */
const erasedAtOnce = 500

/** What one observer writes into the log, as long as no later one has begun: each write asks that first. */
export class LogWriter {
  readonly #history: History<Tables>
  readonly #observer: string

  private constructor(history: History<Tables>, observer: string) {
    this.#history = history
    this.#observer = observer
  }

  /** Which log this is, made at the first call, and of which store; of none before the first observer. */
  static identity(history: History<Tables>): Promise<{ id: string; store: string }> {
    return history.write(async (tables) => {
      const first = { only: 1, id: crypto.randomUUID(), store: '', observer: '', first_seq: 1, next_seq: 1 }
      await tables.insertInto('log').values(first).onConflict((conflict) => conflict.column('only').doNothing()).execute()
      return tables.selectFrom('log').select(['id', 'store']).executeTakeFirstOrThrow()
    })
  }

  /** Begins to write: from now on no earlier observer can. `fencingToken`: of the office. @throws LockLost when a later one has begun */
  static async begin(history: History<Tables>, store: string, fencingToken: bigint): Promise<LogWriter> {
    const writer = new LogWriter(history, String(fencingToken).padStart(20, '0'))
    await history.write(async (tables) => {
      await writer.#take(tables)
      await tables.updateTable('log').set({ store }).execute()
    })
    return writer
  }

  /** What the log has told so far. */
  readPicture(): Promise<Picture> {
    return this.#history.read(async (tables) => {
      const workers = await tables.selectFrom('presence').select('worker').execute()
      const services = await tables.selectFrom('services').selectAll().execute()
      return new Picture(
        workers.map(({ worker }) => JSON.parse(worker) as Worker),
        services.map(({ observed, joins, change_id: changeId }) => ({ observed: JSON.parse(observed) as ObservedService, joins, changeId })),
      )
    })
  }

  /** Which of these ids the log has told. */
  told(ids: readonly string[]): Promise<Set<string>> {
    return this.#history.read(async (tables) => {
      const told = new Set<string>()
      for (const some of inParts(ids)) for (const { id } of await tables.selectFrom('changes').select('id').where('id', 'in', some).execute()) told.add(id)
      return told
    })
  }

  /**
   * Adds the changes and brings the rows up to date, all or nothing. Resolves with the changes as they are kept, of which who listens in this
   * process is yet to be told. @throws LockLost when a later observer has begun
   */
  async write(changes: readonly NewChange[], picture: Picture): Promise<readonly Change[]> {
    const rows = await this.#history.write(
      async (tables) => {
        const seq = await this.#take(tables, changes.length)
        const rows = changes.map((change, index) => toRow(seq + index, change))
        for (const some of inParts(rows)) await tables.insertInto('changes').values(some).execute()
        await writeWorkers(tables, picture)
        await writeServices(tables, picture)
        return rows
      },
      { tell: 'others' },
    )
    picture.touchedWorkers.clear()
    picture.touchedServices.clear()
    return rows.map(toChange)
  }

  /** Erases some of the oldest changes, those from before that time, ms, and those beyond `keep`. Resolves with how many; 0 when there are no more. */
  erase(before: number, keep: number): Promise<number> {
    return this.#history.write(async (tables) => {
      await this.#take(tables)
      const { first_seq: first, next_seq: next } = await tables.selectFrom('log').select(['first_seq', 'next_seq']).executeTakeFirstOrThrow()
      const oldest = await tables.selectFrom('changes').select(['seq', 'at']).where('seq', '>=', first).orderBy('seq').limit(erasedAtOnce).execute()
      const isOld = ({ seq, at }: { seq: number; at: number }): boolean => at < before || seq < next - keep
      const kept = oldest.find((change) => !isOld(change))
      const from = kept?.seq ?? (oldest.at(-1)?.seq ?? first - 1) + 1
      if (from === first) return 0
      await tables.deleteFrom('changes').where('seq', '<', from).execute()
      await tables.updateTable('log').set({ first_seq: from }).execute()
      return from - first
    })
  }

  /** Reserves so many numbers, and keeps every other writer out until the transaction is over. Resolves with the first. */
  async #take(tables: Transaction<Tables>, numbers = 0): Promise<number> {
    const observer = this.#observer
    const row = await tables
      .updateTable('log')
      .set((log) => ({ observer, next_seq: log('next_seq', '+', numbers) }))
      .where('observer', '<=', observer)
      .returning('next_seq')
      .executeTakeFirst()
    if (!row) throw new LockLost('The office of observer', 'another observer has begun')
    return row.next_seq - numbers
  }
}

async function writeWorkers(tables: Transaction<Tables>, { touchedWorkers, workers }: Picture): Promise<void> {
  const rows = [...touchedWorkers].map((key) => {
    const [group, memberId] = JSON.parse(key) as [string, string]
    return { group_name: group, member_id: memberId, worker: workers.get(key) }
  })
  const there = rows.flatMap((row) => (row.worker ? [{ ...row, worker: JSON.stringify(row.worker) }] : []))
  for (const some of inParts(there)) {
    await tables
      .insertInto('presence')
      .values(some)
      .onConflict((conflict) => conflict.columns(['group_name', 'member_id']).doUpdateSet((row) => ({ worker: row.ref('excluded.worker') })))
      .execute()
  }
  for (const { group_name: group, member_id: memberId, worker } of rows) {
    if (!worker) await tables.deleteFrom('presence').where('group_name', '=', group).where('member_id', '=', memberId).execute()
  }
}

async function writeServices(tables: Transaction<Tables>, { touchedServices, services }: Picture): Promise<void> {
  const there = [...touchedServices].flatMap((uuid) => {
    const service = services.get(uuid)
    return service ? [{ uuid, observed: JSON.stringify(service.observed), joins: service.joins, change_id: service.changeId }] : []
  })
  for (const some of inParts(there)) {
    await tables
      .insertInto('services')
      .values(some)
      .onConflict((conflict) => conflict.column('uuid').doUpdateSet((row) => ({ observed: row.ref('excluded.observed'), joins: row.ref('excluded.joins'), change_id: row.ref('excluded.change_id') })))
      .execute()
  }
  const gone = [...touchedServices].filter((uuid) => !services.has(uuid))
  for (const some of inParts(gone)) await tables.deleteFrom('services').where('uuid', 'in', some).execute()
}

function* inParts<T>(items: readonly T[]): Generator<T[], void> {
  for (let from = 0; from < items.length; from += rowsAtOnce) yield items.slice(from, from + rowsAtOnce)
}
