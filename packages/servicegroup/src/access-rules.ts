import type { AccessRules } from '@muster/coordination/internal'

import { outboxCollection } from './services/outbox.js'
import { serviceCollection } from './services/service-record.js'
import { tokenCollection } from './tokens/token-record.js'

/**
 * What a worker must be allowed to join, to stand in line and to read lists, and no more: on a backend with ACLs its credentials
 * need not be an administrator's.
 */
export const accessRules: AccessRules = Object.freeze({
  shared: 'cdrw',
  own: {
    [serviceCollection]: { directory: 'cr', entries: 'r' }, // it registers services, and changes none
    gates: { directory: 'cr', entries: 'rw' }, // each join puts its gate, so that a deletion at the same time is refused
    [outboxCollection]: { directory: 'cr', entries: '' }, // it tells of what it has registered
    meta: { directory: 'r', entries: 'r' },
    [tokenCollection]: { directory: '', entries: '' },
  },
})
