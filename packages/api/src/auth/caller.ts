import type { Token } from '@muster/servicegroup'
import type { Response } from 'express'

const longestActor = 255

/** Remembers the token that let a request in. */
export function rememberToken(res: Response, token: Token): void {
  res.locals.token = token
}

/** The token that let a request in; undefined where none was needed. */
export const tokenOf = ({ locals }: Pick<Response, 'locals'>): Token | undefined => locals.token as Token | undefined

/**
 * Who is told to have made a change. With a token that is its name, whatever the client says of itself: `named` only stands behind it,
 * as in `token ops-bot (ann)`. Without one it is `named`, else `otherwise`.
 */
export function actorOf(res: Pick<Response, 'locals'> | undefined, named: string | undefined, otherwise: string): string {
  const token = res && tokenOf(res)
  if (!token) return named ?? otherwise
  const actor = `token ${token.name}`
  return named === undefined ? actor : `${actor} (${named.slice(0, longestActor - actor.length - ' ()'.length)})`
}
