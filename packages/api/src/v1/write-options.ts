import type { WriteOptions } from '@muster/servicegroup'
import type { Request, Response } from 'express'

import { actorOf } from '../auth/caller.js'
import type { Context } from '../context.js'
import { text } from '../query.js'
import type { Query } from '../query.js'
import { indexesOf } from '../service-tag.js'

export const writeParameters = { reason: text('Why, for the history; at most 1024 characters.') }

export const writeHeaders = {
  'If-Match': 'The tag of the service as the client has read it: 412 if its record is another by now. A * matches any.',
  'X-Svc-Actor': 'Who does it, percent-encoded where it is not ASCII; default http. With a token that has done it, and this stands behind it.',
}

/** Who writes, from where and why, and on which state of the record. */
export async function readWriteOptions(req: Request, res: Response, uuid: string, { reason }: Query<typeof writeParameters>, { serviceGroup }: Context): Promise<WriteOptions> {
  const indexes = indexesOf(req.get('If-Match'))
  const ifVersion = indexes && (await oneOf(indexes, uuid, serviceGroup))
  return { actor: readActor(req, res), source: req.socket.remoteAddress, reason, ifVersion }
}

/** Of several indexes the one that the record has. */
async function oneOf(indexes: readonly string[], uuid: string, serviceGroup: Context['serviceGroup']): Promise<string> {
  const [first = ''] = indexes
  if (indexes.length === 1) return first
  const { service } = await serviceGroup.getOne(uuid, { consistent: true })
  return service && indexes.includes(service.index) ? service.index : first
}

/** Who does it, as far as a header and the token say. */
export function readActor(req: Request, res: Response): string {
  const said = req.get('X-Svc-Actor')
  return actorOf(res, said ? decoded(said) : undefined, 'http')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
