import { settle } from '../config/settle.js'
import type { Io } from '../io.js'
import { resolveTarget } from '../target.js'
import type { Target, TargetArguments } from '../target.js'
import { withoutSecrets } from '../without-secrets.js'
import { fail, failed, ok } from './check.js'
import type { Check, Family, Finding } from './check.js'

/** Why it looks where it looks. */
export function lookAtPlace(args: TargetArguments, io: Pick<Io, 'env' | 'fromFile'>): Finding {
  const target = resolveTarget(args, io.env)
  const url = 'endpoint' in target ? target.endpoint : target.backend
  const kind = 'endpoint' in target ? 'endpoint' : 'backend'
  const { origin } = settle(kind, args[kind], io)
  const why = origin === 'default' ? 'the default, for nothing says otherwise' : origin
  const other = settle('backend', undefined, io)
  const unused = kind === 'endpoint' && args.endpoint === undefined && other.origin !== 'default' ? `; the backend of ${other.origin} is not used` : ''
  return ok(`${withoutSecrets(url)} (${why}${unused})`)
}

/** The checks for what is looked at; for a URL that cannot be used, one that says why. Only the code that is needed is loaded. */
export async function familyOf(target: Target): Promise<Family> {
  try {
    return await loadFamily(target)
  } catch (error) {
    const url = 'endpoint' in target ? target.endpoint : target.backend
    const shown = (text: string): string => text.replaceAll(url, withoutSecrets(url))
    const { found, advice } = failed(error)
    return { checks: [{ name: 'url', look: () => Promise.resolve(fail(shown(found), advice && shown(advice))) }] }
  }
}

async function loadFamily(target: Target): Promise<Family> {
  if ('endpoint' in target) return (await import('./endpoint.js')).endpointFamily(target)
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(target.backend)?.[0].toLowerCase()
  if (scheme === 'zookeeper' || scheme === 'kazoo') return (await import('./zookeeper.js')).zooKeeperFamily(target.backend)
  return (await import('./embedded.js')).embeddedFamily(target.backend)
}

export const placeCheck = (args: TargetArguments, io: Io): Check => ({ name: 'looks at', look: () => Promise.resolve(lookAtPlace(args, io)) })
