import { roles } from '@muster/servicegroup'
import type { Role } from '@muster/servicegroup'

/** What a route asks of its caller; `open`: nothing, so that probes and the description work for everybody. */
export type RequiredRole = Role | 'open'

/** Who asks, as far as a server can tell. */
export interface Caller {
  /** Of the token that was sent; `unknown`: one that is not known, was revoked or has expired; undefined: none was sent. */
  readonly role: Role | 'unknown' | undefined
  /** From this host, and through no proxy. */
  readonly isLocal: boolean
}

export type Verdict = 'allowed' | 'unauthenticated' | 'forbidden'

/** Who may what. `needsTokens`: there are tokens, or others than this host can reach the server. */
export function decide(required: RequiredRole, { role, isLocal }: Caller, needsTokens: boolean): Verdict {
  if (required === 'open' || !needsTokens) return 'allowed'
  if (role === 'unknown') return 'unauthenticated'
  const held = role ?? (isLocal ? 'reader' : undefined)
  if (held !== undefined && roles.indexOf(held) >= roles.indexOf(required)) return 'allowed'
  return role === undefined ? 'unauthenticated' : 'forbidden'
}
