import { createHash } from 'node:crypto'

import type { Request, Response } from 'express'

import { answer, headersOf } from './answer.js'
import type { HeaderFields } from './answer.js'

/** What is told, as it goes over the wire. */
export interface Representation {
  readonly bytes: Buffer
  /** Strong: the same bytes have the same tag, in every server. */
  readonly etag: string
}

/** `rows`: each as JSON. */
export function toListing(rows: readonly string[]): Representation {
  const bytes = Buffer.from(`[${rows.join(',')}]`)
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` }
}

/** Keeps the listing of a list that changes by being replaced; made again only when somebody asks after a change. `toRows`: each as JSON. */
export function cachedListing<T>(read: () => readonly T[], toRows: (items: readonly T[]) => readonly string[]): () => Representation {
  let listed: readonly T[] | undefined
  let listing = toListing([])
  return () => {
    const items = read()
    if (items !== listed) {
      listing = toListing(toRows(items))
      listed = items
    }
    return listing
  }
}

/**
 * True when the client has it already. Not `req.fresh`, which gives in to the `Cache-Control: no-cache` that fetch adds to
 * every request with a tag of its caller's.
 */
function isKnown(etag: string, ifNoneMatch = ''): boolean {
  return ifNoneMatch.split(',').some((tag) => {
    const bare = tag.trim().replace(/^W\//, '')
    return bare === etag || bare === '*'
  })
}

/** Answers with it, or with 304 when the client has it already. */
export function sendRepresentation(req: Request, res: Response, { bytes, etag }: Representation, headers: HeaderFields = []): void {
  const own = ['ETag', etag, 'Cache-Control', 'no-cache', ...headers]
  if (isKnown(etag, req.get('If-None-Match'))) res.writeHead(304, headersOf(res, own)).end()
  else answer(res, 200, ['Content-Type', 'application/json', ...own], bytes)
}
