import { beforeEach, expect, test } from '@jest/globals'
import type { History } from '@muster/database/history'
import { eventually, within } from '@muster/testkit'

import { insert, oneServer } from './one-server.js'
import type { Tables } from './one-server.js'

const all = oneServer()
let url: string
beforeEach(async () => {
  url = await all.server.createDatabase()
})

const listening = (): Promise<readonly Record<string, unknown>[]> => all.server.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname <> 'postgres'")
const untilListening = (): Promise<unknown> => eventually(async () => expect(await listening()).toHaveLength(1))

/** Resolves when the next news has come. */
function news(history: History<Tables>): Promise<void> {
  return new Promise((resolve) => {
    const stop = history.onCommit(() => {
      resolve()
      stop()
    })
  })
}

/** Ten commits, each waited for: the clock alone would take ten seconds. */
async function expectPromptNews(listener: History<Tables>, writer: History<Tables>, from: number): Promise<void> {
  let told = (): void => {}
  const stop = listener.onCommit(() => told())
  await untilListening()
  const begun = performance.now()
  for (let id = from; id < from + 10; id++) {
    const next = new Promise<void>((resolve) => (told = resolve))
    await insert(writer, id)
    await within(next, 5000, 'news')
  }
  expect(performance.now() - begun).toBeLessThan(5000)
  stop()
}

test('every commit is told soon, also after the connection that listens was cut', async () => {
  const [listener, writer] = [await all.open(url), await all.open(url)]
  const stop = listener.onCommit(() => undefined)
  await expectPromptNews(listener, writer, 1)
  const [before] = await listening()
  await all.server.sql(`SELECT pg_terminate_backend(${String(before?.['pid'])})`)
  await eventually(async () => {
    const [after] = await listening()
    expect(after?.['pid']).toEqual(expect.any(Number))
    expect(after?.['pid']).not.toBe(before?.['pid'])
  })
  await expectPromptNews(listener, writer, 20)
  stop()
})

test('after a restart of the server news comes again', async () => {
  const [listener, writer] = [await all.open(url), await all.open(url)]
  const stop = listener.onCommit(() => undefined)
  await untilListening()
  await all.server.kill()
  await all.server.start()
  await expectPromptNews(listener, writer, 1)
  stop()
}, 60_000)

test('a commit whose news was lost with its writer is told within a second or two', async () => {
  const listener = await all.open(url)
  const stop = listener.onCommit(() => undefined)
  await untilListening()
  const told = news(listener)
  await all.server.sql('INSERT INTO items (id) VALUES (1)', url) // and no NOTIFY
  await within(told, 2000, 'news')
  stop()
})

test('nobody listens any more when the last listener has stopped or the history is closed', async () => {
  const history = await all.open(url)
  history.onCommit(() => undefined)()
  const stop = history.onCommit(() => undefined)
  await untilListening()
  stop()
  await eventually(async () => expect(await listening()).toEqual([]))
  history.onCommit(() => undefined)
  await untilListening()
  await history.close()
  await eventually(async () => expect(await listening()).toEqual([]))
  expect(() => history.onCommit(() => undefined)).toThrow(expect.objectContaining({ code: 'closed' }))
})
