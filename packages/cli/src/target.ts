import { setTimeout as delay } from 'node:timers/promises'

import { InvalidArgument } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Coordinator } from '@muster/coordination'
import type { ServiceGroupClient } from '@muster/client'
import type { ServiceGroup, ServiceGroupApi } from '@muster/servicegroup'

import { settingOption, settle } from './config/settle.js'
import type { Io } from './io.js'
import { plainLogger } from './io.js'
import { accessOptions, readTlsFiles, readToken, settleAccess } from './server-access.js'
import type { AccessArguments, ServerAccess } from './server-access.js'

/** The options by which a command is told where to look. */
export const targetOptions = {
  endpoint: settingOption('endpoint', 'Ask this server, e.g. http://127.0.0.1:8999'),
  backend: settingOption('backend', 'Read this backend itself, e.g. embedded:/srv/muster'),
  ...accessOptions,
} as const

/** Where a command looks: a server, or straight on a backend. */
export type Target = ServerTarget | { readonly backend: string }

export type ServerTarget = ServerAccess & { readonly endpoint: string }

export interface TargetArguments extends AccessArguments {
  readonly endpoint?: string | undefined
  readonly backend?: string | undefined
}

/**
 * Finds out where to look: the option given, else `SVC_ENDPOINT`, else `SVC_BACKEND`, else the embedded store at its
 * default place. @throws InvalidArgument when both options are given.
 */
export function resolveTarget({ endpoint, backend, ...access }: TargetArguments, env: Io['env']): Target {
  if (endpoint !== undefined && backend !== undefined) {
    throw new InvalidArgument('backend', 'Give --endpoint or --backend, not both', { hint: '--endpoint asks a server; --backend reads the store itself.' })
  }
  if (endpoint !== undefined) return { endpoint, ...settleAccess(access, { env }) }
  if (backend !== undefined) return { backend }
  return env.SVC_ENDPOINT ? { endpoint: env.SVC_ENDPOINT, ...settleAccess(access, { env }) } : { backend: settle('backend', undefined, { env }).value }
}

/** Opens the target, hands it to `use` and closes it whatever happens. Only the package that is needed is loaded. `logger`: default says warnings on stderr. */
export async function withReader<T>(target: Target, io: Io, use: (reader: ServiceGroupApi) => Promise<T>, logger = plainLogger(io)): Promise<T> {
  return closing(await open(target, io.env, logger), use)
}

/** As `withReader`, for what only a server does. */
export async function withClient<T>(target: ServerTarget, io: Io, use: (client: ServiceGroupClient) => Promise<T>): Promise<T> {
  return closing(await openClient(target, io.env, plainLogger(io)), use)
}

/** As `withReader`, straight on a backend. */
export async function withServiceGroup<T>(backend: string, io: Io, use: (group: ServiceGroup) => Promise<T>): Promise<T> {
  const { openServiceGroup } = await import('@muster/servicegroup')
  return closing(await openServiceGroup(backend, { logger: plainLogger(io) }), use)
}

async function closing<Reader extends ServiceGroupApi, T>(reader: Reader, use: (reader: Reader) => Promise<T>): Promise<T> {
  try {
    return await use(reader)
  } finally {
    await Promise.race([reader.close(), delay(closeTimeoutMs, undefined, { ref: false })])
  }
}

/**
 * Finds out on which backend locks and leaders are, which no server tells of: the option given, else `SVC_BACKEND`, else the
 * embedded store. @throws InvalidArgument where only a server is named: a lock on another store would protect nothing
 */
export function resolveBackend({ backend }: { backend?: string | undefined }, env: Io['env']): string {
  if (backend === undefined && !env.SVC_BACKEND && env.SVC_ENDPOINT) {
    throw new InvalidArgument('backend', 'SVC_ENDPOINT names a server, but locks and leaders are asked of the backend itself', { hint: 'Set SVC_BACKEND or give --backend too; embedded: is the store of this host.' })
  }
  return settle('backend', backend, { env }).value
}

/** Opens a coordinator that only reads, hands it to `use` and closes it whatever happens. `logger`: default says warnings on stderr. */
export async function withCoordinator<T>(backend: string, io: Io, use: (coordinator: Coordinator) => Promise<T>, logger = plainLogger(io)): Promise<T> {
  const { openCoordinator } = await import('@muster/coordination')
  const coordinator = await openCoordinator(backend, { logger })
  try {
    return await use(coordinator)
  } finally {
    await coordinator.close({ timeoutMs: closeTimeoutMs }).catch(() => undefined)
  }
}

/** A reader owns nothing that others see: a server that hangs must not keep a command from its end. */
const closeTimeoutMs = 500

async function open(target: Target, env: Io['env'], logger: Logger): Promise<ServiceGroupApi> {
  return 'endpoint' in target ? openClient(target, env, logger) : (await import('@muster/servicegroup')).openServiceGroup(target.backend, { logger })
}

async function openClient(target: ServerTarget, env: Io['env'], logger: Logger): Promise<ServiceGroupClient> {
  const [token, tls] = [readToken(target, env), readTlsFiles(target)]
  return (await import('@muster/client')).createClient(target.endpoint, { logger, token, fetch: (await import('./light-fetch.js')).lightFetchWith(tls) })
}
