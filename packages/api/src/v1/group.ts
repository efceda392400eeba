import type { Group, LiveView } from '@muster/servicegroup'
import type { RequestHandler } from 'express'

import type { Freshness } from '../freshness.js'
import { cachedListing, sendListing } from '../listing.js'
import { queryReader } from '../query.js'
import { readStale } from './parameters.js'

const readQuery = queryReader(['stale'])

/** A group's keys on the wire, in this order, and no others. */
function groupJson({ group, members, createdAt }: Group): string {
  return JSON.stringify({ group, members, createdAt })
}

/** `GET /v1/group`: the groups there are, by name. */
export function listGroups(view: LiveView, freshness: Freshness): RequestHandler {
  const everyGroup = cachedListing(() => view.groups(), groupJson)
  return async (req, res) => {
    const staleMs = readStale(readQuery(req.url))
    if (!freshness.synced) await freshness.firstSync()
    const marks = freshness.admit(staleMs)
    sendListing(req, res, everyGroup(), marks)
  }
}
