import { expect, test } from '@jest/globals'

import { toQuery } from './query.js'

test.each([
  [{}, ''],
  [{ group: undefined }, ''],
  [{ group: 'vitrage' }, 'group=vitrage'],
  [{ hostname: 'h1', group: ['a', 'b'] }, 'group=a&group=b&hostname=h1'],
  [{ name: 'ApiWorker worker(0)', type: 'é&=' }, 'name=ApiWorker+worker%280%29&type=%C3%A9%26%3D'],
  [{ name: '' }, 'name='],
  [{ name: 'x', type: [] }, 'group='], // one of no values: nothing
])('the filter %j is asked for as %j', (filter, query) => {
  expect(toQuery(filter).toString()).toBe(query)
})
