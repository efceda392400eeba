import type { Service } from '@muster/servicegroup'
import type { Response } from 'express'

import type { Context } from '../../context.js'

/** Every service; marks the answer with its age. @throws BackendUnreachable rather than tell what may be wrong */
export type ReadServices = (res: Response) => Promise<readonly Service[]>

/** Reads from the live view, under the rules of all lists. */
export function servicesReader({ services: { view, freshness } }: Context): ReadServices {
  return async (res) => {
    if (!freshness.synced) await freshness.firstSync()
    freshness.admit(res, 0)
    return view.services()
  }
}
