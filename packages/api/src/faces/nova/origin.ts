import type { WriteOptions } from '@muster/servicegroup'
import type { Request } from 'express'

import { actorOf } from '../../auth/caller.js'

const longestSource = 255

/** Who asks for a change, as far as it is known: the token, if it has one, the address and the program. */
export function originOf({ socket, headers, res }: Pick<Request, 'socket' | 'headers' | 'res'>): Pick<WriteOptions, 'actor' | 'source'> {
  const source = ['nova', socket.remoteAddress, headers['user-agent']].filter((word) => word !== undefined).join(' ')
  return { actor: actorOf(res, undefined, 'anonymous'), source: source.slice(0, longestSource) }
}
