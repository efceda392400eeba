import type { Service, ServiceId } from '@muster/servicegroup'
import type { Response } from 'express'

import { tellAge } from '../answer.js'
import type { Context } from '../context.js'
import type { Query } from '../query.js'
import { admit, goneSignal } from './parameters.js'
import type { consistentParameters, freshnessParameters } from './parameters.js'

/** A service as the live view or, if that is asked for, the backend has it; marks the answer with its age. @throws BackendUnreachable rather than say that there is none */
export async function findService(
  { serviceGroup, services: { view, freshness } }: Context,
  id: ServiceId,
  query: Query<typeof freshnessParameters & typeof consistentParameters>,
  res: Response,
): Promise<{ service: Service | undefined; asOf: number }> {
  if (query.consistent === true) {
    const found = await serviceGroup.getOne(id, { consistent: true, signal: goneSignal(res) })
    tellAge(res, found.asOf)
    return found
  }
  await admit(freshness, res, query)
  return { service: view.find(id), asOf: view.asOf() }
}
