import { setTimeout as delay } from 'node:timers/promises'

import { expect, test } from '@jest/globals'

import { seldom } from './seldom.js'

const untilOld = 1100

test('all who ask while it is made, and soon after, get the same; later it is made anew', async () => {
  let times = 0
  const ask = seldom(async () => {
    times += 1
    await delay(20) // of which a hundredfold is more than the longest
    return times
  })
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
  expect(await ask()).toBe(1)
  await delay(untilOld)
  expect(await ask()).toBe(2)
})

test('what takes no time is not kept', async () => {
  let times = 0
  const ask = seldom(() => Promise.resolve((times += 1)))
  await ask()
  await delay(50)
  expect(await ask()).toBe(2)
})

test('who asks after a failure is not told of that again', async () => {
  let times = 0
  const ask = seldom(() => ((times += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve('yes')))
  await expect(ask()).rejects.toThrow('no')
  expect(await ask()).toBe('yes')
})
