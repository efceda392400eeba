import { expect, test } from '@jest/globals'

import { toQuery, toServicesQuery } from './query.js'

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

test.each([
  [{}, 'view=services'],
  [{ type: ['api', 'search'], state: 'down' } as const, 'type=api&type=search&state=down&view=services'],
  [{ labels: { rack: 'r=1', row: ['7', '8'] } }, 'label=rack%3Dr%3D1&label=row%3D7&label=row%3D8&view=services'],
  [{ type: 'api', labels: { rack: [] } }, 'uuid=&view=services'], // one of no values: nothing
])('the filter of services %j is asked for as %j', (filter, query) => {
  expect(toServicesQuery(filter).toString()).toBe(query)
})
