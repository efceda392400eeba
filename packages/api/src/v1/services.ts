import { compareServices } from '@muster/servicegroup'
import type { Service } from '@muster/servicegroup'
import type { RequestHandler } from 'express'

import { tellAge } from '../answer.js'
import type { Context } from '../context.js'
import { cachedListing, sendRepresentation, toListing } from '../listing.js'
import { integer, queryReader, refuseParameter, text } from '../query.js'
import { serviceJson } from '../row-json.js'
import { admit, consistentParameters, freshnessParameters, goneSignal, readServiceFilter, serviceParameters, viewParameters } from './parameters.js'

const pageParameters = { limit: integer('At most so many services.', 1, 1000), cursor: text('Where to go on: from the Link of the answer before.') }

export const servicesQuery = { ...viewParameters, ...serviceParameters, ...pageParameters, ...freshnessParameters, ...consistentParameters }
const readQuery = queryReader(servicesQuery)

type Place = Pick<Service, 'type' | 'host' | 'uuid'>

const toCursor = ({ type, host, uuid }: Place): string => Buffer.from(JSON.stringify([type, host, uuid])).toString('base64url')

/** @throws Refusal, 400 */
function readCursor(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.length === 3 && place.every((part) => typeof part === 'string')) {
      const [type = '', host = '', uuid = ''] = place
      return { type, host, uuid }
    }
  } catch {
    // as below
  }
  throw refuseParameter('cursor', "Parameter 'cursor' is none of this server.", 'Take it from the Link of the answer before.')
}

/** The services after a place, and the headers that say where the rest is. A place stays what it is while services come and go. */
function pageOf(services: readonly Service[], url: string, limit: number, after: Place | undefined): { rows: readonly Service[]; headers: string[] } {
  const rest = after ? services.filter((service) => compareServices(service, after) > 0) : services
  const rows = rest.slice(0, limit)
  const last = rows.at(-1)
  if (!last || rows.length === rest.length) return { rows, headers: [] }
  const query = new URLSearchParams(url.slice(url.indexOf('?')))
  query.set('cursor', toCursor(last))
  return { rows, headers: ['Link', `<?${query.toString()}>; rel="next"`] } // relative: also right behind a proxy with a path of its own
}

/** `GET /v1/service?view=services`. Without filter and page the bytes are ready before the request. */
export function listServices({ serviceGroup, services: { view, freshness } }: Context): RequestHandler {
  const everyService = cachedListing(() => view.services(), (services) => services.map(serviceJson))
  return async (req, res) => {
    const query = readQuery(req.url)
    const { limit = Infinity, cursor, consistent = false } = query
    const [filter, after] = [readServiceFilter(query), cursor === undefined ? undefined : readCursor(cursor)]
    if (consistent) {
      const { services, asOf } = await serviceGroup.getMany(filter, { consistent, signal: goneSignal(res) })
      tellAge(res, asOf)
      send(services)
      return
    }
    await admit(freshness, res, query)
    if (!filter && limit === Infinity && !after) sendRepresentation(req, res, everyService())
    else send(filter ? view.select(filter) : view.services())

    function send(services: readonly Service[]): void {
      const { rows, headers } = pageOf(services, req.url, limit, after)
      sendRepresentation(req, res, toListing(rows.map(serviceJson)), headers)
    }
  }
}
