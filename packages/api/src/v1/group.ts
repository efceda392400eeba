import { GroupNotCreated } from '@muster/common'

import type { Context } from '../context.js'
import { cachedListing, sendRepresentation, toListing } from '../listing.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { groupJson, workerJson } from '../row-json.js'
import { bodies } from '../schemas/schemas.js'
import { admit, freshnessParameters } from './parameters.js'

const readQuery = queryReader(freshnessParameters)
const unchanged = { 304: { description: 'The client has it.' } }

/** `GET /v1/group`: the groups there are, by name. */
export function groupsRoute({ workers: { view, freshness } }: Context): Route {
  const everyGroup = cachedListing(() => view.groups(), (groups) => groups.map(groupJson))
  return {
    path: '/v1/group',
    method: 'get',
    role: 'reader',
    operation: { summary: 'The groups by name.', query: freshnessParameters, answers: { 200: { description: 'All of them.', schema: bodies('Group') }, ...unchanged } },
    handler: async (req, res) => {
      await admit(freshness, res, readQuery(req.url))
      sendRepresentation(req, res, everyGroup())
    },
  }
}

/** `GET /v1/group/{group}/member`: the workers of one group, by name. */
export function membersRoute({ workers: { view, freshness } }: Context): Route {
  return {
    path: '/v1/group/{group}/member',
    method: 'get',
    role: 'reader',
    operation: { summary: 'The workers of a group by name.', query: freshnessParameters, answers: { 200: { description: 'All of them.', schema: bodies('Worker') }, ...unchanged }, problems: [404] },
    handler: async (req, res) => {
      const wanted = String(req.params.group)
      await admit(freshness, res, readQuery(req.url))
      if (!view.groups().some(({ group }) => group === wanted)) throw new GroupNotCreated(wanted, { hint: 'GET /v1/group names those there are.' })
      sendRepresentation(req, res, toListing(view.workers().filter(({ group }) => group === wanted).map(workerJson)))
    },
  }
}
