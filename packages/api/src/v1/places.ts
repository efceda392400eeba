import { hostsOf, zonesOf } from '@muster/servicegroup'
import type { Service } from '@muster/servicegroup'

import { tellAge } from '../answer.js'
import type { Context } from '../context.js'
import { cachedListing, sendRepresentation, toListing } from '../listing.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { hostJson, zoneJson } from '../row-json.js'
import { bodies } from '../schemas/schemas.js'
import type { SchemaName } from '../schemas/schemas.js'
import { admit, consistentParameters, freshnessParameters, goneSignal } from './parameters.js'

const parameters = { ...freshnessParameters, ...consistentParameters }
const readQuery = queryReader(parameters)

interface Place {
  readonly path: string
  readonly summary: string
  readonly schema: SchemaName
  readonly toRows: (services: readonly Service[]) => string[]
}

/** A list of what services are in, made of the services. */
function placesRoute({ serviceGroup, services: { view, freshness } }: Context, { path, summary, schema, toRows }: Place): Route {
  const everyPlace = cachedListing(() => view.services(), toRows)
  return {
    path,
    method: 'get',
    role: 'reader',
    operation: { summary, query: parameters, answers: { 200: { description: 'All of them.', schema: bodies(schema) }, 304: { description: 'The client has it.' } } },
    handler: async (req, res) => {
      const query = readQuery(req.url)
      if (query.consistent === true) {
        const { services, asOf } = await serviceGroup.getMany({}, { consistent: true, signal: goneSignal(res) })
        tellAge(res, asOf)
        sendRepresentation(req, res, toListing(toRows(services)))
        return
      }
      await admit(freshness, res, query)
      sendRepresentation(req, res, everyPlace())
    },
  }
}

/** `GET /v1/host`: the hosts that services are on. */
export const hostsRoute = (context: Context): Route =>
  placesRoute(context, { path: '/v1/host', summary: 'The hosts that have services, by name.', schema: 'Host', toRows: (services) => hostsOf(services).map(hostJson) })

/** `GET /v1/zone`: the zones that services are in. */
export const zonesRoute = (context: Context): Route =>
  placesRoute(context, { path: '/v1/zone', summary: 'The zones that services are in, by name.', schema: 'Zone', toRows: (services) => zonesOf(services).map(zoneJson) })
