import { setTimeout as delay } from 'node:timers/promises'

import { beforeEach, expect, test } from '@jest/globals'
import { eventually, startFaultProxy } from '@muster/testkit'
import { sql } from 'kysely'

import { ids, insert, oneServer } from './one-server.js'

const all = oneServer()
let url: string
beforeEach(async () => {
  url = await all.server.createDatabase()
})

/** The same database behind a network that fails on demand. */
async function throughProxy(): Promise<{ proxy: Awaited<ReturnType<typeof startFaultProxy>>; url: string }> {
  const proxy = await startFaultProxy(all.server.endpoint)
  return { proxy, url: url.replace(all.server.endpoint, proxy.endpoint) }
}

test('a server that is killed in the middle of a write has surely not stored it, and after its restart the history goes on', async () => {
  const history = await all.open(url)
  await insert(history, 1)
  const killed = history.write(async (tables) => {
    await tables.insertInto('items').values({ id: 2 }).execute()
    await all.server.kill()
    await tables.insertInto('items').values({ id: 3 }).execute()
  })
  await expect(killed).rejects.toMatchObject({ code: 'backend_unreachable' })
  await expect(ids(history)).rejects.toMatchObject({ code: 'backend_unreachable' })
  await all.server.start()
  expect(await ids(history)).toEqual([1])
  await insert(history, 4)
  expect(await ids(history)).toEqual([1, 4])
}, 60_000)

test('a server that is stopped ends what was begun, which is surely not stored', async () => {
  const history = await all.open(url)
  const stopped = history.write(async (tables) => {
    await tables.insertInto('items').values({ id: 2 }).execute()
    await all.server.stop()
    await tables.insertInto('items').values({ id: 3 }).execute()
  })
  await expect(stopped).rejects.toMatchObject({ code: 'backend_unreachable' })
  await all.server.start()
  expect(await ids(history)).toEqual([])
}, 60_000)

test('a commit whose answer is lost is of unknown outcome, whether it was stored or not', async () => {
  const behind = await throughProxy()
  await using proxy = behind.proxy
  const [history, witness] = [await all.open(behind.url), await all.open(url)]
  const losing = async (id: number, lose: () => void): Promise<void> => {
    const lost = history.write(async (tables) => {
      await tables.insertInto('items').values({ id }).execute()
      lose()
      setTimeout(() => proxy.cut(), 300)
    })
    await expect(lost).rejects.toMatchObject({ code: 'outcome_unknown' })
    proxy.resume()
  }
  await losing(1, () => proxy.pause('toClient'))
  await eventually(async () => expect(await ids(witness)).toEqual([1]))
  await losing(2, () => proxy.blackhole('toServer'))
  expect(await ids(history)).toEqual([1])
})

test('a commit that gets no answer is of unknown outcome when time is up', async () => {
  const behind = await throughProxy()
  await using proxy = behind.proxy
  const history = await all.open(behind.url)
  const begun = performance.now()
  const silent = history.write(
    async (tables) => {
      await tables.insertInto('items').values({ id: 1 }).execute()
      proxy.suspend()
    },
    { timeoutMs: 500 },
  )
  await expect(silent).rejects.toMatchObject({ code: 'outcome_unknown', message: expect.stringContaining('500 ms') })
  expect(performance.now() - begun).toBeLessThan(2000)
  proxy.resume()
})

test('while the server says nothing a call ends in its time, other work goes on, and closing is not held up', async () => {
  const history = await all.open(url)
  await insert(history, 1)
  await all.server.suspend()
  try {
    const begun = performance.now()
    let longestGapMs = 0
    let last = begun
    const ticking = setInterval(() => {
      longestGapMs = Math.max(longestGapMs, performance.now() - last)
      last = performance.now()
    }, 5)
    const late = { code: 'backend_unreachable', message: expect.stringContaining('not done within 400 ms') }
    const calls = [ids(history), insert(history, 2), ...Array.from({ length: 20 }, () => ids(history))]
    await Promise.all([history.read((tables) => tables.selectFrom('items').select('id').execute(), { timeoutMs: 400 })].map((call) => expect(call).rejects.toMatchObject(late)))
    expect(performance.now() - begun).toBeLessThan(1500)
    clearInterval(ticking)
    expect(longestGapMs).toBeLessThan(200)
    const gaveUp = new AbortController()
    const abandoned = history.read((tables) => tables.selectFrom('items').select('id').execute(), { signal: gaveUp.signal })
    gaveUp.abort()
    await expect(abandoned).rejects.toMatchObject({ name: 'AbortError' })
    await Promise.allSettled(calls)
    const closing = performance.now()
    await history.close()
    expect(performance.now() - closing).toBeLessThan(3000)
  } finally {
    await all.server.resume()
  }
  expect(await ids(await all.open(url))).toEqual([1])
}, 60_000)

test('the server waits for no lock on behalf of a caller that gave up', async () => {
  const [holder, waiter] = [await all.open(url), await all.open(url)]
  await insert(holder, 1)
  const waiting = async (): Promise<unknown> => (await all.server.sql("SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))[0]?.['n']
  await holder.write(async (tables) => {
    await tables.updateTable('items').set({ id: 2 }).execute()
    const gaveUp = new AbortController()
    const abandoned = waiter.write((others) => others.updateTable('items').set({ id: 3 }).execute(), { signal: gaveUp.signal })
    await eventually(async () => expect(await waiting()).toBe(1))
    gaveUp.abort()
    await expect(abandoned).rejects.toMatchObject({ name: 'AbortError' })
    await eventually(async () => expect(await waiting()).toBe(0), { timeoutMs: 5000 })
  })
  expect(await ids(waiter)).toEqual([2])
})

test('a write that outlasts its time is surely not stored, also when it comes to its end', async () => {
  const history = await all.open(url)
  const slow = history.write(
    async (tables) => {
      await tables.insertInto('items').values({ id: 1 }).execute()
      await delay(700)
    },
    { timeoutMs: 200 },
  )
  await expect(slow).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('not done within 200 ms') })
  expect(await ids(history)).toEqual([])
})

test('a write that goes on after a statement has failed is not taken for stored', async () => {
  const history = await all.open(url)
  await insert(history, 1)
  const careless = history.write(async (tables) => {
    await tables.insertInto('items').values({ id: 2 }).execute()
    await tables.insertInto('items').values({ id: 1 }).execute().catch(() => undefined)
  })
  await expect(careless).rejects.toThrow('duplicate key')
  expect(await ids(history)).toEqual([1])
})

test('two that wait for each other are both done in the end', async () => {
  const history = await all.open(url)
  await history.write((tables) => tables.insertInto('items').values([{ id: 1 }, { id: 2 }]).execute())
  const both = [[1, 2] as const, [2, 1] as const].map(([first, second]) =>
    history.write(async (tables) => {
      for (const id of [first, second]) {
        await sql`UPDATE items SET id = id WHERE id = ${id}`.execute(tables)
        await sql`SELECT pg_sleep(0.2)`.execute(tables)
      }
    }),
  )
  await Promise.all(both)
})
