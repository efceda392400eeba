import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { Fifo } from './fifo.js'

type Step = number | 'shift' | 'peek' | 'drain'

/** Does the steps to a Fifo and to an array; a number pushes so many. */
function compare(steps: readonly Step[]): void {
  const fifo = new Fifo<number>()
  let model: number[] = []
  let next = 0
  const seen: unknown[] = []
  const expected: unknown[] = []
  const compared = (found: unknown, wanted: unknown): unknown => seen.push(found) && expected.push(wanted)
  for (const step of steps) {
    if (step === 'shift') compared(fifo.shift(), model.shift())
    else if (step === 'peek') compared(fifo.peek(), model[0])
    else if (step === 'drain') {
      compared(fifo.drain(), model)
      model = []
    } else {
      for (let count = 0; count < step; count += 1) {
        fifo.push(next)
        model.push(next)
        next += 1
      }
    }
    compared(fifo.length, model.length)
  }
  expect([...seen, fifo.drain()]).toEqual([...expected, model])
}

test('it does what an array does, step by step', () => {
  const step = fc.oneof({ weight: 4, arbitrary: fc.constant<Step>('shift') }, { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 }) }, fc.constantFrom<Step>('peek', 'drain'))
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), compare))
})

test('also over thousands, when it forgets what is gone', () => {
  const shifts = (count: number): Step[] => Array.from({ length: count }, () => 'shift')
  compare([3000, ...shifts(1024), 'peek', ...shifts(1), 'peek', ...shifts(1975), 'peek', 'shift', 2000, ...shifts(1500), 'drain', 3, ...shifts(4)])
})

test('two hundred thousand go through in no time to speak of', () => {
  const fifo = new Fifo<number>()
  for (let item = 0; item < 200_000; item += 1) fifo.push(item)
  const before = performance.now()
  let wrong = 0
  for (let item = 0; item < 200_000; item += 1) if (fifo.shift() !== item) wrong += 1
  expect(wrong).toBe(0)
  expect(performance.now() - before).toBeLessThan(5000) // as an array: 100 us for each, 20 s
})
