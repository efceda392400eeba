import { expect, test } from '@jest/globals'

import { eventually } from './eventually.js'

test('a check that fails at first is repeated until it holds', async () => {
  let tries = 0
  const result = await eventually(() => {
    tries += 1
    if (tries < 4) throw new Error('not yet')
    return tries
  })
  expect(result).toBe(4)
})

test('a check that never holds ends in an error that tells its last failure', async () => {
  await expect(eventually(() => Promise.reject(new Error('still 3 of 4')), { timeoutMs: 30 })).rejects.toThrow('Not so within 30 ms; the last failure: still 3 of 4')
})

test('a check that never answers is not waited for longer than the others', async () => {
  await expect(eventually(() => new Promise(() => undefined), { timeoutMs: 30 })).rejects.toThrow('the last try')
})
