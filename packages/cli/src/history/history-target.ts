import { setTimeout as delay } from 'node:timers/promises'

import { InvalidArgument, isMusterError, NotSupported, settings } from '@muster/common'
import type { Logger } from '@muster/common'
import type { HistoryReader } from '@muster/notifications'

import { settingOption, settle } from '../config/settle.js'
import type { Io } from '../io.js'
import { plainLogger, say } from '../io.js'
import { accessOptions, readTlsFiles, readToken, settleAccess } from '../server-access.js'
import type { AccessArguments, ServerAccess } from '../server-access.js'
import { AbsentHistory } from './absent-history.js'

/** The options by which a command is told where the history is. */
export const historyOptions = {
  endpoint: settingOption('endpoint', 'Ask this server, e.g. http://127.0.0.1:8999'),
  database: settingOption('database', 'Open this database itself, e.g. sqlite:/srv/muster/history.db'),
  ...accessOptions,
} as const

export interface HistoryArguments extends AccessArguments {
  readonly endpoint?: string | undefined
  readonly database?: string | undefined
}

/** Where a history is: at a server, or in a database. */
export type HistoryTarget = (ServerAccess & { readonly endpoint: string }) | { readonly database: string }

/**
 * Finds out where to look: the option given, else `SVC_ENDPOINT`, else `SVC_DATABASE`, else beside the embedded store.
 * @throws InvalidArgument when both options are given
 */
export async function resolveHistory({ endpoint, database, ...access }: HistoryArguments, io: Pick<Io, 'env' | 'fromFile'>): Promise<HistoryTarget> {
  if (endpoint !== undefined && database !== undefined) {
    throw new InvalidArgument('database', 'Give --endpoint or --database, not both', { hint: '--endpoint asks a server; --database reads the history itself.' })
  }
  const { env, fromFile = {} } = io
  const isFromFile = ({ variable }: { readonly variable: string }): boolean => fromFile[variable] !== undefined
  const isRivalled = Boolean(env.SVC_DATABASE) && isFromFile(settings.endpoint) && !isFromFile(settings.database) // what the environment says goes before what a file says
  const server = endpoint ?? (database === undefined && !isRivalled ? settle('endpoint', undefined, io).value : undefined)
  if (server !== undefined) return { endpoint: server, ...settleAccess(access, io) }
  return { database: settle('database', database, io).value ?? (await besideTheStore(io)) }
}

async function besideTheStore(io: Pick<Io, 'env' | 'fromFile'>): Promise<string> {
  const { historyUrlOf } = await import('@muster/coordination/internal')
  return historyUrlOf(settle('backend', undefined, io).value, io.env)
}

/** A reader owns nothing that others see: a server that hangs must not keep a command from its end. */
const closeTimeoutMs = 500

/** Opens the history, hands it to `use` and closes it whatever happens. `logger`: default says warnings on stderr. */
export async function withHistory<T>(target: HistoryTarget, io: Io, use: (history: HistoryReader) => Promise<T>, logger = plainLogger(io)): Promise<T> {
  const history = await open(target, io, logger)
  try {
    return await use(history)
  } finally {
    await Promise.race([history.close(), delay(closeTimeoutMs, undefined, { ref: false })])
  }
}

async function open(target: HistoryTarget, io: Io, logger: Logger): Promise<HistoryReader> {
  if ('endpoint' in target) {
    const [token, tls] = [readToken(target, io.env), readTlsFiles(target)]
    const { createHistoryClient } = await import('@muster/client')
    return createHistoryClient(target.endpoint, { logger, token, fetch: (await import('../light-fetch.js')).lightFetchWith(tls) })
  }
  const { database } = target
  if (database === 'none') throw new NotSupported('There is no history here: the database is none', { hint: `Set ${settings.database.variable}, or give --endpoint or --database.` })
  const { shown } = (await import('@muster/database/history')).parseHistoryUrl(database)
  const openLog = async (): Promise<HistoryReader> => (await import('@muster/notifications')).LogHistory.open(database)
  try {
    return await openLog()
  } catch (error) {
    if (!isMusterError(error, 'not_found')) throw error
    say(io, `nobody keeps a history in ${shown} yet; svc serve does`)
    return new AbsentHistory(shown, openLog)
  }
}
