import type { Logger } from '@muster/common'
import type { Service, ServiceGroup } from '@muster/servicegroup'

import type { HeaderFields } from '../../answer.js'
import { Freshness } from '../../freshness.js'

/** Every service, and the headers that mark the answer when they are stale. @throws BackendUnreachable rather than tell what may be wrong */
export type ReadServices = () => Promise<{ readonly services: readonly Service[]; readonly marks: HeaderFields }>

/** Reads from the live view, which is opened by the first who asks: most servers are never asked by a client of Nova. */
export function servicesReader(serviceGroup: Pick<ServiceGroup, 'servicesView'>, logger: Logger): ReadServices {
  let freshness: Freshness | undefined
  return async () => {
    const view = serviceGroup.servicesView()
    freshness ??= new Freshness(view, logger)
    if (!freshness.synced) await freshness.firstSync()
    return { marks: freshness.admit(0), services: view.services() }
  }
}
