import { expect, test } from '@jest/globals'

import { inTurns, Pace } from './pace.js'

test('what waits for a share goes on when it has come so far, not before', async () => {
  const pace = new Pace()
  const gone: number[] = []
  const all = Promise.all([0.5, 1, 0].map((share) => pace.reached(share).then(() => gone.push(share))))
  pace.advance(0.4)
  await new Promise(setImmediate)
  expect(gone).toEqual([0])
  pace.advance(0.5)
  await new Promise(setImmediate)
  expect(gone).toEqual([0, 0.5])
  pace.advance(1)
  await all
  expect(gone).toEqual([0, 0.5, 1])
})

test('things are done each once, and no more at once than is said', async () => {
  const done: number[] = []
  let [now, most] = [0, 0]
  await inTurns(7, 3, async (index) => {
    most = Math.max(most, (now += 1))
    await new Promise(setImmediate)
    now -= 1
    done.push(index)
  })
  expect(done.sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(most).toBe(3)
})
