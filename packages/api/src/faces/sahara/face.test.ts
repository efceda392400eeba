import { expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'

import { openContext } from '../../context.js'
import { handMadeGroup, HandMadeView } from '../../hand-made-view.test.support.js'
import { WatchPlaces } from '../../watch/watch-places.js'
import { saharaRoutes } from './face.js'

test('every path says who may ask, and whose clusters', () => {
  const context = openContext(handMadeGroup(new HandMadeView()), { logger: silentLogger, beyondLoopback: false, rateLimit: 0, feed: undefined, places: new WatchPlaces(10), history: undefined, provisioning: undefined, webhookRules: {} })
  const told = (below: '/v1.1' | '/v2'): string[] => saharaRoutes(context, below).map(({ role, method, path }) => `${role} ${method} ${path}`)
  // api/test/access-table.test.ts asks each of these as everybody.
  const ofTenant = ['reader get /{tenant}/clusters', 'reader get /{tenant}/clusters/{id}', 'reader get /{tenant}/clusters/{id}/progress']
  expect(told('/v1.1')).toEqual(ofTenant)
  expect(told('/v2')).toEqual([...ofTenant.map((row) => row.replace('/{tenant}', '')), ...ofTenant])
})
