import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { parseBackendUrl } from './backend-url.js'
import type { BackendUrl } from './backend-url.js'
import type { Session } from './contract.js'

/** Drivers by URL scheme; each is loaded when its scheme is asked for. */
const drivers: Readonly<Record<string, () => Promise<(url: BackendUrl, logger: Logger) => Session>>> = {
  embedded: async () => (await import('./drivers/sql/sql-driver.js')).openSqlSession,
}

export interface SessionOptions {
  readonly logger?: Logger | undefined
}

/**
 * Opens a session on the backend that `url` names: `embedded:`, `embedded:<dir>`, `embedded:///dir`, each with
 * `?timeout=10s&namespace=tooz`. Nothing is made or written before the first commit.
 * @throws InvalidArgument, with a suggestion, for an unknown scheme or option; NotSupported if the driver's package is missing.
 */
export async function openSession(url: string, { logger = silentLogger }: SessionOptions = {}): Promise<Session> {
  const parsed = parseBackendUrl(url, Object.keys(drivers))
  const open = await drivers[parsed.scheme]?.()
  if (open === undefined) throw new TypeError(parsed.scheme) // parseBackendUrl has checked it
  return open(parsed, logger)
}
