import { InvalidArgument } from '@muster/common'
import type { Logger } from '@muster/common'
import { openHistory } from '@muster/database/history'
import type { History } from '@muster/database/history'

import { Provisioning } from './provisioning.js'
import { SqlStore } from './sql/sql-store.js'
import { migrations, tablesOf } from './sql/tables.js'
import type { Tables } from './sql/tables.js'

export interface ProvisioningOptions {
  /** False: neither steps nor events are written. Default true. */
  readonly eventLog?: boolean | undefined
  /** After so long without a call of a reporter a step is `incomplete`, ms; default 10 minutes. Of the steps that are begun here. */
  readonly reporterTimeoutMs?: number | undefined
  readonly logger?: Logger | undefined
  readonly signal?: AbortSignal | undefined
}

export const openTables = (url: string, signal?: AbortSignal): Promise<History<Tables>> => openHistory<Tables>(url, { tablesOf, migrations, signal })

/** Opens the clusters of a database: `sqlite:<file>`, made if it is not there, or `postgresql://...`. @throws as `openHistory` */
export async function openProvisioning(url: string, { eventLog = true, reporterTimeoutMs = 600_000, logger, signal }: ProvisioningOptions = {}): Promise<Provisioning> {
  if (!Number.isInteger(reporterTimeoutMs) || reporterTimeoutMs < 1) throw new InvalidArgument('reporterTimeoutMs', `reporterTimeoutMs: ${reporterTimeoutMs} is no time`)
  return new Provisioning(new SqlStore(await openTables(url, signal), { eventLog, reporterTimeoutMs }), { logger })
}
