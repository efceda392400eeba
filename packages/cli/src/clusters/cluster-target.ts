import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { NotFound, NotSupported, parseDuration, settings } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Provisioning } from '@muster/provisioning'

import { settingOption, settle } from '../config/settle.js'
import { historyOptions, resolveHistory } from '../history/history-target.js'
import type { HistoryArguments, HistoryTarget } from '../history/history-target.js'
import type { Io } from '../io.js'
import { plainLogger } from '../io.js'
import { readTlsFiles, readToken } from '../server-access.js'

/** The options by which a command is told whose clusters, and where they are: where the history is. */
export const clusterOptions = { tenant: settingOption('tenant', 'Whose clusters'), ...historyOptions } as const

export interface ClusterArguments extends HistoryArguments {
  readonly tenant?: string | undefined
}

/** The word that names a cluster. */
export const clusterName = { name: 'NAME', of: 'cluster' } as const

/** Clusters that are open, and whose they are. */
export interface Opened {
  readonly provisioning: Provisioning
  readonly tenant: string
}

/** A command owns nothing that others see: a server that hangs must not keep it from its end. */
const closeTimeoutMs = 500

interface OpenOptions {
  /** Whether a database that is not there is made. Default false: there are no clusters then, and nothing is made by reading. */
  readonly isMade?: boolean
  /** Default says warnings on stderr. */
  readonly logger?: Logger
}

/** Opens the clusters, hands them to `use` and closes them whatever happens. @throws NotFound where there is no database yet; NotSupported where there is to be none */
export async function withClusters<T>(args: ClusterArguments, io: Io, use: (opened: Opened) => Promise<T>, { isMade = false, logger = plainLogger(io) }: OpenOptions = {}): Promise<T> {
  const tenant = settle('tenant', args.tenant, io).value
  const target = await resolveHistory(args, io)
  const absent = isMade ? undefined : await absentFile(target)
  if (absent !== undefined) throw new NotFound(`A cluster in ${absent}`, { hint: 'svc cluster create NAME makes the first one.' })
  const provisioning = await open(target, io, logger)
  try {
    return await use({ provisioning, tenant })
  } finally {
    await Promise.race([provisioning.close(), delay(closeTimeoutMs, undefined, { ref: false })])
  }
}

/** The file that clusters would be in, if it is not there. */
export async function absentFile(target: HistoryTarget): Promise<string | undefined> {
  if ('endpoint' in target || target.database === 'none') return undefined
  const place = (await import('@muster/database/history')).parseHistoryUrl(target.database)
  return place.kind === 'sqlite' && !existsSync(place.file) ? place.file : undefined
}

async function open(target: HistoryTarget, io: Io, logger: Logger): Promise<Provisioning> {
  const { openProvisioning, Provisioning } = await import('@muster/provisioning')
  if ('endpoint' in target) {
    const [token, tls] = [readToken(target, io.env), readTlsFiles(target)]
    const { createProvisioningClient } = await import('@muster/client')
    return new Provisioning(createProvisioningClient(target.endpoint, { logger, token, fetch: (await import('../light-fetch.js')).lightFetchWith(tls) }))
  }
  if (target.database === 'none') throw new NotSupported('There are no clusters here: the database is none', { hint: `Set ${settings.database.variable}, or give --endpoint or --database.` })
  const eventLog = settle('eventLog', undefined, io).value !== 'off'
  const reporterTimeoutMs = parseDuration(settle('reporterTimeout', undefined, io).value, settings.reporterTimeout.variable)
  return openProvisioning(target.database, { logger, eventLog, reporterTimeoutMs, eraseEveryMs: 0 }) // svc serve erases
}
