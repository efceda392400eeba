import type { ServiceGroup } from '@muster/servicegroup'

import { counted } from './contents.js'
import type { Source } from './contents.js'

/** A backend of Muster as a source. */
export function backendSource(group: ServiceGroup): Source {
  return {
    async read(signal) {
      const { storeId, services, unreadable } = await group.copyServices({ signal })
      return { storeId, services, unusable: unreadable.map((uuid) => ({ type: null, host: null, uuid, reason: 'its record cannot be read' })) }
    },
    async tellLeft() {
      const [workers, { groups, locks, outbox, tokens, webhooks }] = await Promise.all([group.workers(), group.countOthers()])
      const left: readonly (readonly [number, string, string])[] = [
        [workers.length, counted(workers.length, 'live worker'), 'they are of their processes, and join where SVC_BACKEND says'],
        [groups, counted(groups, 'group'), 'whoever joins makes it'],
        [locks, counted(locks, 'name of a lock', 'names of locks'), 'they are of whoever holds them'],
        [outbox, counted(outbox, 'change in the outbox', 'changes in the outbox'), 'they are the history of that store'],
        [tokens, counted(tokens, 'token'), 'make new ones'],
        [webhooks, counted(webhooks, 'webhook'), 'make new ones'],
      ]
      return [...left.flatMap(([count, what, why]) => (count === 0 ? [] : [`${what}: ${why}`])), 'times of records: the target writes its own']
    },
  }
}
