import { expect, test } from '@jest/globals'

import { historyUrlOf } from './history-url.js'

const env = { XDG_STATE_HOME: '/state' }

test.each([
  ['embedded:', 'sqlite:/state/muster/history.db'],
  ['zookeeper://zk1?namespace=other', 'sqlite:/state/muster/history.db'],
  ['embedded:/srv/muster', 'sqlite:/srv/muster/history.db'],
  ['embedded:/srv/muster?namespace=tooz', 'sqlite:/srv/muster/history.db'],
  ['embedded:///srv/muster?timeout=5s&namespace=other', 'sqlite:/srv/muster/history-other.db'],
])('the history of %s is in %s', (backend, url) => expect(historyUrlOf(backend, env)).toBe(url))
