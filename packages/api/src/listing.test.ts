import { expect, test } from '@jest/globals'

import { cachedListing, toListing } from './listing.js'

test('a listing is made once for each change, and only when it is asked for', () => {
  let items: readonly number[] = [1, 2]
  let rowsMade = 0
  const list = cachedListing(
    () => items,
    (numbers) =>
      numbers.map((n) => {
        rowsMade += 1
        return JSON.stringify({ n })
      }),
  )
  expect(rowsMade).toBe(0)

  const first = list()
  expect(first.bytes.toString()).toBe('[{"n":1},{"n":2}]')
  expect(list()).toBe(first)
  expect(rowsMade).toBe(2)

  items = [3]
  const second = list()
  expect(second.bytes.toString()).toBe('[{"n":3}]')
  expect(second.etag).not.toBe(first.etag)
  expect(rowsMade).toBe(3)
})

test('an empty list is an empty array, and equal lists have equal tags', () => {
  expect(cachedListing(() => [], (items) => items.map(String))()).toEqual(toListing([]))
  expect(toListing([]).bytes.toString()).toBe('[]')
  expect(toListing(['{"n":1}']).etag).toBe(toListing(['{"n":1}']).etag)
  expect(toListing([]).etag).toMatch(/^"[\w-]{27}"$/) // strong, quoted
})
