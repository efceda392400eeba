import { expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'

import { openContext } from '../../context.js'
import { handMadeGroup, HandMadeView } from '../../hand-made-view.test.support.js'
import { WatchPlaces } from '../../watch/watch-places.js'
import { novaRoutes } from './face.js'

test('every path says who may ask, and is there with a project too', () => {
  const context = openContext(handMadeGroup(new HandMadeView()), { logger: silentLogger, beyondLoopback: false, rateLimit: 0, feed: undefined, places: new WatchPlaces(10), history: undefined, provisioning: undefined, webhookRules: {} })
  const told = novaRoutes(context).map(({ role, method, path }) => `${role} ${method} ${path}`)
  // api/test/access-table.test.ts asks each of these as everybody.
  expect(told).toEqual([
    'open get /',
    ...['reader get /os-services', 'operator put /os-services/{id}', 'admin delete /os-services/{id}', 'reader get /os-availability-zone', 'reader get /os-availability-zone/detail', 'reader get /os-hypervisors', 'reader get /os-hypervisors/detail', 'reader get /os-hosts'].flatMap((row) => [
      row,
      row.replace(' /', ' /{project}/'),
    ]),
  ])
})
