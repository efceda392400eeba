import { createHash } from 'node:crypto'

import type { Request, Response } from 'express'

import { answer, headersOf } from './answer.js'
import type { HeaderFields } from './answer.js'

/** A list as it goes over the wire. */
export interface Listing {
  readonly bytes: Buffer
  /** Strong: the same bytes have the same tag, in every server. */
  readonly etag: string
}

/** `rows`: each as JSON. */
export function toListing(rows: readonly string[]): Listing {
  const bytes = Buffer.from(`[${rows.join(',')}]`)
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` }
}

/** Keeps the listing of a list that changes by being replaced; made again only when somebody asks after a change. */
export function cachedListing<T>(read: () => readonly T[], toJson: (item: T) => string): () => Listing {
  let listed: readonly T[] | undefined
  let listing = toListing([])
  return () => {
    const items = read()
    if (items !== listed) {
      listing = toListing(items.map(toJson))
      listed = items
    }
    return listing
  }
}

/**
 * True when the client has that list. Not `req.fresh`, which gives in to the `Cache-Control: no-cache` that fetch adds to
 * every request with a tag of its caller's.
 */
function isKnown(etag: string, ifNoneMatch = ''): boolean {
  return ifNoneMatch.split(',').some((tag) => {
    const bare = tag.trim().replace(/^W\//, '')
    return bare === etag || bare === '*'
  })
}

/** Answers with a list, or with 304 when the client has it already. */
export function sendListing(req: Request, res: Response, { bytes, etag }: Listing, headers: HeaderFields): void {
  const own = ['ETag', etag, 'Cache-Control', 'no-cache', ...headers]
  if (isKnown(etag, req.get('If-None-Match'))) res.writeHead(304, headersOf(res, own)).end()
  else answer(res, 200, ['Content-Type', 'application/json', ...own], bytes)
}
