import { setTimeout as delay } from 'node:timers/promises'

import { expect, test } from '@jest/globals'

import { Repeated } from './repeated.js'

test('however often it is asked while it runs, it runs once more, with what was new then', async () => {
  const over = new AbortController()
  const repeated = new Repeated()
  let asked = 0
  const seen: number[] = []
  const run = repeated.run(async () => {
    seen.push(asked)
    await delay(5)
    if (asked === 100) over.abort()
  }, 1, over.signal)
  for (; asked < 100; asked += 1) repeated.ask()
  await run
  expect(seen).toEqual([100])
})

test('it ends at once when it is over, also while nobody asks', async () => {
  const over = new AbortController()
  const run = new Repeated().run(() => Promise.resolve(), 60_000, over.signal)
  over.abort()
  await run
})

test('what it throws ends it', async () => {
  const repeated = new Repeated()
  const run = repeated.run(() => Promise.reject(new Error('no')), 1, new AbortController().signal)
  repeated.ask()
  await expect(run).rejects.toThrow('no')
})
