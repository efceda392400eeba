import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { Generated } from 'kysely'

import { History, openHistory } from './history.js'
import type { Migrations } from './migrate.js'

interface Tables {
  readonly items: { id: Generated<number>; name: string; size: number }
}

const first: Migrations = [
  (tables) =>
    tables.schema
      .createTable('items')
      .addColumn('id', 'bigint', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .execute(),
]
const second: Migrations = [...first, (tables) => tables.schema.alterTable('items').addColumn('size', 'bigint', (column) => column.notNull().defaultTo(0)).execute()]

/** What holds on every database. `url`: of a database of its own for each test. */
export function situationsOfHistories(url: () => string): void {
  let opened: History<Tables>[]

  beforeEach(() => {
    opened = []
  })
  afterEach(() => Promise.all(opened.map((history) => history.close())))

  async function open(migrations = second, tablesOf = 'items'): Promise<History<Tables>> {
    const history = await openHistory<Tables>(url(), { tablesOf, migrations })
    opened.push(history)
    return history
  }
  const insert = (history: History<Tables>, id: number, name = `item ${id}`): Promise<unknown> => history.write((tables) => tables.insertInto('items').values({ id, name, size: 1 }).execute())
  const ids = (history: History<Tables>): Promise<number[]> => history.read(async (tables) => (await tables.selectFrom('items').select('id').orderBy('id').execute()).map(({ id }) => id))

  describe('opening', () => {
    test('many that open a new database at once all find its tables made exactly once', async () => {
      const all = await Promise.all(Array.from({ length: 8 }, () => open()))
      await insert(all[0] as History<Tables>, 1)
      for (const history of all) expect(await ids(history)).toEqual([1])
    })

    test('tables of an older version are brought up to date and keep their rows', async () => {
      await (await open(first)).write((tables) => sql`INSERT INTO items (id, name) VALUES (7, 'old')`.execute(tables))
      expect(await (await open()).read((tables) => tables.selectFrom('items').selectAll().execute())).toEqual([{ id: 7, name: 'old', size: 0 }])
    })

    test('tables of a newer version are refused and stay as they are', async () => {
      await open(second)
      await expect(open(first)).rejects.toMatchObject({ code: 'not_supported', message: expect.stringContaining('newer Muster') })
      expect(await ids(await open(second))).toEqual([])
    })

    test('the tables of two packages live in one database, each with a version of its own', async () => {
      await open(second)
      const other: Migrations = [(tables) => tables.schema.createTable('others').addColumn('id', 'integer').execute()]
      await expect(open(other, 'others')).resolves.toBeInstanceOf(History)
      expect(await ids(await open(second))).toEqual([])
    })
  })

  describe('transactions', () => {
    test('a write that throws stores nothing, and the error comes as it is', async () => {
      const history = await open()
      const ours = new Error('ours')
      const failing = history.write(async (tables) => {
        await tables.insertInto('items').values({ id: 1, name: 'a', size: 1 }).execute()
        throw ours
      })
      await expect(failing).rejects.toBe(ours)
      expect(await ids(history)).toEqual([])
    })

    test('a hundred writers of one row in two connections each count once', async () => {
      const both = [await open(), await open()] as const
      await insert(both[0], 1)
      const raise = (history: History<Tables>): Promise<unknown> =>
        history.write(async (tables) => {
          const { size } = await tables.updateTable('items').set((row) => ({ size: row('size', '+', 1) })).where('id', '=', 1).returning('size').executeTakeFirstOrThrow()
          await tables.insertInto('items').values({ id: size + 1000, name: `after ${size}`, size }).execute()
        })
      await Promise.all(Array.from({ length: 100 }, (_, i) => raise(both[i % 2 === 0 ? 0 : 1])))
      expect(await ids(both[1])).toEqual([1, ...Array.from({ length: 100 }, (_, i) => 1002 + i)])
    })

    test('a read sees one state however long it takes', async () => {
      const [reader, writer] = [await open(), await open()]
      await insert(writer, 1)
      const seen = await reader.read(async (tables) => {
        const before = await tables.selectFrom('items').select('id').execute()
        await insert(writer, 2)
        return [before, await tables.selectFrom('items').select('id').execute()]
      })
      expect(seen).toEqual([[{ id: 1 }], [{ id: 1 }]])
      expect(await ids(reader)).toEqual([1, 2])
    })

    test('numbers above 32 bits and the number of changed rows come back as numbers', async () => {
      const history = await open()
      await insert(history, 1_800_000_000_000)
      expect(await ids(history)).toEqual([1_800_000_000_000])
      const { numDeletedRows } = await history.write((tables) => tables.deleteFrom('items').executeTakeFirstOrThrow())
      expect(Number(numDeletedRows)).toBe(1)
    })

    test('a caller that gives up while it waits for another writer stores nothing', async () => {
      const [holder, waiter] = [await open(), await open()]
      await insert(holder, 1)
      const abort = new AbortController()
      const change = (history: History<Tables>, done: () => Promise<unknown>): Promise<unknown> =>
        history.write(
          async (tables) => {
            await tables.updateTable('items').set({ size: 5 }).where('id', '=', 1).execute()
            await done()
          },
          { signal: history === waiter ? abort.signal : undefined },
        )
      await change(holder, async () => {
        const waiting = change(waiter, () => Promise.resolve())
        abort.abort(new Error('enough'))
        await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
      })
    })

    test('a writer that is kept waiting for too long is told by whom it waits', async () => {
      const [holder, waiter] = [await open(), await open()]
      await insert(holder, 1)
      await holder.write(async (tables) => {
        await tables.updateTable('items').set({ size: 5 }).where('id', '=', 1).execute()
        const waiting = waiter.write((others) => others.updateTable('items').set({ size: 6 }).where('id', '=', 1).execute(), { timeoutMs: 300 })
        await expect(waiting).rejects.toMatchObject({ code: 'backend_unreachable' })
      })
      expect(await holder.read((tables) => tables.selectFrom('items').select('size').execute())).toEqual([{ size: 5 }])
    })
  })

  test('what is committed is told to those who listen, in the same and in another connection, until they stop', async () => {
    const [here, there] = [await open(), await open()]
    for (const history of [here, there]) {
      let stop = (): void => {}
      const told = new Promise<void>((resolve) => (stop = history.onCommit(resolve)))
      await insert(here, history === here ? 1 : 2)
      await told
      stop()
    }
  })

  test('what only others need to hear of is told in another connection', async () => {
    const [here, there] = [await open(), await open()]
    const told = new Promise<void>((resolve) => there.onCommit(resolve))
    await here.write((tables) => tables.insertInto('items').values({ id: 1, name: 'item 1', size: 1 }).execute(), { tell: 'others' })
    await told
  })

  test('closing waits for what was begun, and what comes later is refused', async () => {
    const history = await open()
    const begun = insert(history, 1)
    await history.close()
    await begun
    await expect(ids(history)).rejects.toMatchObject({ code: 'closed' })
    expect(await ids(await open())).toEqual([1])
  })
}
