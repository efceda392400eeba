import type { Group, LiveView } from '@muster/servicegroup'
import type { RequestHandler } from 'express'

import type { Freshness } from '../freshness.js'
import { cachedListing, sendListing } from '../listing.js'
import { queryReader } from '../query.js'

const readQuery = queryReader([])

/** A group's keys on the wire, in this order, and no others. */
function toRow({ group, members, createdAt }: Group): Group {
  return { group, members, createdAt }
}

/** `GET /v1/group`: the groups there are, by name. */
export function listGroups(view: LiveView, freshness: Freshness): RequestHandler {
  const everyGroup = cachedListing(() => view.groups(), toRow)
  return async (req, res) => {
    readQuery(req.url)
    await freshness.admit(res)
    sendListing(req, res, everyGroup())
  }
}
