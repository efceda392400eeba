import type { WriteOptions } from '@muster/servicegroup'
import type { Request } from 'express'

const longestSource = 255

/** Who asks for a change, as far as it is known: nobody has to say who they are, so only the address and the program are told. */
export function originOf({ socket, headers }: Pick<Request, 'socket' | 'headers'>): Pick<WriteOptions, 'actor' | 'source'> {
  const source = ['nova', socket.remoteAddress, headers['user-agent']].filter((word) => word !== undefined).join(' ')
  return { actor: 'anonymous', source: source.slice(0, longestSource) }
}
