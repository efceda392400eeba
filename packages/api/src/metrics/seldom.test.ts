import { expect, test } from '@jest/globals'

import { seldom } from './seldom.js'

/** Something that takes so long, by a clock that a test sets. */
function begin(tookMs: number): { ask: () => Promise<number>; wait: (ms: number) => void } {
  let [now, times] = [0, 0]
  const make = (): Promise<number> => {
    now += tookMs
    return Promise.resolve((times += 1))
  }
  return { ask: seldom(make, () => now), wait: (ms) => void (now += ms) }
}

test('for two hundred times as long as it took all get the same, then it is made anew', async () => {
  const { ask, wait } = begin(3)
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
  wait(599)
  expect(await ask()).toBe(1)
  wait(1)
  expect(await ask()).toBe(2)
})

test('what takes long is kept for two seconds all the same', async () => {
  const { ask, wait } = begin(500)
  await ask()
  wait(1999)
  expect(await ask()).toBe(1)
  wait(1)
  expect(await ask()).toBe(2)
})

test('what takes no time is not kept', async () => {
  const { ask } = begin(0)
  await ask()
  expect(await ask()).toBe(2)
})

test('who asks after a failure is not told of that again', async () => {
  let times = 0
  const ask = seldom(() => ((times += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve('yes')))
  await expect(ask()).rejects.toThrow('no')
  expect(await ask()).toBe('yes')
})
