import type { Request } from 'express'

import { isLoopback } from '../listen.js'
import { Refusal } from '../problems.js'

type Asking = Pick<Request, 'headers' | 'socket'>

/** The token that a request carries, in either header; another scheme than Bearer counts as a token that nobody knows. @throws Refusal, 400 for two that differ */
export function readCredential({ headers }: Pick<Asking, 'headers'>): string | undefined {
  const { authorization = '', 'x-auth-token': other = '' } = headers
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? authorization
  const plain = String(other)
  if (bearer !== '' && plain !== '' && bearer !== plain) {
    throw new Refusal(400, 'invalid_argument', 'Authorization and X-Auth-Token hold two different tokens', { hint: 'Send one of them.' })
  }
  return bearer || plain || undefined
}

/** What a proxy adds: who comes through one is somebody else than this host. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** True for a request from this host that came through no proxy, and asks for the server under a name of this host. */
export const isLocal = (asking: Asking): boolean => {
  const { headers, socket: { remoteAddress } } = asking
  return remoteAddress !== undefined && isLoopback(remoteAddress) && isNamedLocally(asking) && proxyHeaders.every((name) => headers[name] === undefined)
}

/**
 * False for a request under a name that somebody else may have given to this host: a page in a browser here can reach any server on loopback by
 * such a name (DNS rebinding), and would be taken for its user.
 */
export function isNamedLocally({ headers: { host } }: Pick<Asking, 'headers'>): boolean {
  return host === undefined || isLoopback(host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'))
}
