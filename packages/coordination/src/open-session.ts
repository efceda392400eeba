import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { parseBackendUrl } from './backend-url.js'
import type { BackendUrl } from './backend-url.js'
import type { Session } from './contract.js'

/** Drivers by URL scheme; each is loaded when its scheme is asked for. */
const drivers: Readonly<Record<string, () => Promise<(url: BackendUrl, logger: Logger) => Session | Promise<Session>>>> = {
  embedded: async () => (await import('./drivers/sql/sql-driver.js')).openSqlSession,
  zookeeper: async () => (await import('./drivers/zookeeper/zookeeper-driver.js')).openZooKeeperSession,
  kazoo: async () => (await import('./drivers/zookeeper/zookeeper-driver.js')).openZooKeeperSession, // tooz's other name for it
}

/** What a backend URL may begin with. */
export const backendSchemes: readonly string[] = Object.freeze(Object.keys(drivers))

export interface SessionOptions {
  readonly logger?: Logger | undefined
}

/**
 * Opens a session on the backend that `url` names: `embedded:`, `embedded:<dir>`, `embedded:///dir`,
 * `zookeeper://[user:password@]h1:2181,h2/chroot`, each with `?timeout=10s&namespace=tooz`. Nothing is made or written before
 * the first commit, and nobody is waited for: on a backend across the network the first state may be `suspended`.
 * @throws InvalidArgument, with a suggestion, for an unknown scheme or option; NotSupported if the driver's package is missing.
 */
export async function openSession(url: string, { logger = silentLogger }: SessionOptions = {}): Promise<Session> {
  const parsed = parseBackendUrl(url, backendSchemes)
  const open = await drivers[parsed.scheme]?.()
  if (open === undefined) throw new TypeError(parsed.scheme) // parseBackendUrl has checked it
  return open(parsed, logger)
}
