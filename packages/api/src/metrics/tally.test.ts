import { expect, test } from '@jest/globals'

import { Tally } from './tally.js'

test('labels beyond the limit count together, and nothing is lost', () => {
  const tally = new Tally(2)
  for (const group of ['a', 'b', 'c', 'd', 'a']) tally.add({ group, type: 'x' })
  tally.add({ group: 'e', type: 'y' }, 3)
  expect([...tally.counts()]).toEqual([
    { labels: { group: 'a', type: 'x' }, count: 2 },
    { labels: { group: 'b', type: 'x' }, count: 1 },
    { labels: { group: 'other', type: 'other' }, count: 5 },
  ])
})

test('values that look alike when joined are two sets', () => {
  const tally = new Tally()
  tally.add({ group: 'a,b', type: 'c' })
  tally.add({ group: 'a', type: 'b,c' })
  expect([...tally.counts()]).toHaveLength(2)
})
