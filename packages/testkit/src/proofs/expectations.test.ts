import { expect, test } from '@jest/globals'
import type { Worker } from '@muster/servicegroup'

import { Expectations } from './expectations.js'

const boundMs = 60_000

function worker(process: number, memberId: string): Worker {
  const unsaid = { hostname: null, created: null, type: null, region: null, zone: null, version: null }
  return { ...unsaid, name: 'w', process, group: 'g', state: 'up', labels: {}, memberId, incarnation: 1, uuid: null }
}

/** What is wrong with a list that is asked for and answered now, and with a watch looked at `later` ms from now. */
function judge(expected: Expectations, shown: readonly Worker[], later = 0): { list: number; watch: number } {
  const asked = performance.now() + 1
  return { list: expected.wrongInList(shown, asked + later, asked + later).length, watch: expected.wrongInWatch(shown, asked + later).length }
}

test('a worker on its way in may be shown or not; once it has joined every list must show it, and a watch within the bound', () => {
  const expected = new Expectations(boundMs)
  const stay = expected.join(1)
  expect(judge(expected, [])).toEqual({ list: 0, watch: 0 })
  expect(judge(expected, [worker(1, 'a')])).toEqual({ list: 0, watch: 0 })
  stay.joined('a')
  expect(judge(expected, [worker(1, 'a')])).toEqual({ list: 0, watch: 0 })
  expect(judge(expected, [])).toEqual({ list: 1, watch: 0 })
  expect(judge(expected, [], boundMs)).toEqual({ list: 1, watch: 1 })
})

test('a worker that left is in no list from then on, and in no watch after the bound', () => {
  const expected = new Expectations(boundMs)
  const stay = expected.join(1)
  stay.joined('a')
  stay.leaving()
  expect(judge(expected, [])).toEqual({ list: 0, watch: 0 })
  expect(judge(expected, [worker(1, 'a')])).toEqual({ list: 0, watch: 0 })
  stay.left()
  expect(judge(expected, [worker(1, 'a')])).toEqual({ list: 1, watch: 0 })
  expect(judge(expected, [worker(1, 'a')], boundMs)).toEqual({ list: 1, watch: 1 })
})

test('a dead worker may be shown until the bound, whether it had joined or was killed on its way in', () => {
  const expected = new Expectations(boundMs)
  for (const memberId of ['a', undefined]) {
    const stay = expected.join(memberId === undefined ? 2 : 1)
    if (memberId !== undefined) stay.joined(memberId)
    stay.dying()
    stay.dead()
  }
  const dead = [worker(1, 'a'), worker(2, 'b')]
  expect(judge(expected, dead)).toEqual({ list: 0, watch: 0 })
  expect(judge(expected, [])).toEqual({ list: 0, watch: 0 })
  expect(judge(expected, dead, boundMs)).toEqual({ list: 2, watch: 2 })
})

test('somebody whom nobody started is found', () => {
  expect(judge(new Expectations(boundMs), [worker(9, 'stranger')])).toEqual({ list: 1, watch: 1 })
})
