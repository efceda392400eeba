import type { Io } from '../io.js'
import { resolveTarget } from '../target.js'
import type { Target } from '../target.js'
import { withoutSecrets } from '../without-secrets.js'
import { fail, failed, ok } from './check.js'
import type { Check, Family, Finding } from './check.js'

interface TargetArguments {
  readonly endpoint?: string | undefined
  readonly backend?: string | undefined
}

/** Why it looks where it looks. */
export function lookAtPlace(args: TargetArguments, env: Io['env']): Finding {
  const target = resolveTarget(args, env)
  const url = 'endpoint' in target ? target.endpoint : target.backend
  const isGiven = args.endpoint !== undefined || args.backend !== undefined
  const kind = 'endpoint' in target ? 'endpoint' : 'backend'
  const variable = `SVC_${kind.toUpperCase()}`
  const why = isGiven ? `--${kind}` : env[variable] ? variable : 'the default, for neither an option nor a variable says otherwise'
  const unused = kind === 'endpoint' && !isGiven && env.SVC_BACKEND ? '; SVC_BACKEND is set as well and not used' : ''
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
  if ('endpoint' in target) return (await import('./endpoint.js')).endpointFamily(target.endpoint)
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(target.backend)?.[0].toLowerCase()
  if (scheme === 'zookeeper' || scheme === 'kazoo') return (await import('./zookeeper.js')).zooKeeperFamily(target.backend)
  return (await import('./embedded.js')).embeddedFamily(target.backend)
}

export const placeCheck = (args: TargetArguments, env: Io['env']): Check => ({ name: 'looks at', look: () => Promise.resolve(lookAtPlace(args, env)) })
