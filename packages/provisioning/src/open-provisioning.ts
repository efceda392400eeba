import { InvalidArgument } from '@muster/common'
import type { Logger } from '@muster/common'
import { openHistory } from '@muster/database/history'

import { Provisioning } from './provisioning.js'
import { Eraser } from './sql/eraser.js'
import { SqlStore } from './sql/sql-store.js'
import { migrations, tablesOf } from './sql/tables.js'
import type { Tables } from './sql/tables.js'

export interface ProvisioningOptions {
  /** False: neither steps nor events are written, and none are erased. Default true. */
  readonly eventLog?: boolean | undefined
  /** After so long without a call of a reporter a step is `incomplete`, ms; default 10 minutes. Of the steps that are begun here. */
  readonly reporterTimeoutMs?: number | undefined
  /** How often it is looked for events to erase, ms; default a minute; 0: never by this process. Of all processes one does it at a time. */
  readonly eraseEveryMs?: number | undefined
  /** How long the events of a step are kept after it is done, ms; default an hour. Those of a failed step are kept with their cluster. */
  readonly keepEventsMs?: number | undefined
  /** Is told of failures, each with its id. */
  readonly logger?: Logger | undefined
  readonly signal?: AbortSignal | undefined
}

/** Opens the clusters of a database: `sqlite:<file>`, made if it is not there, or `postgresql://...`. @throws as `openHistory` */
export async function openProvisioning(url: string, { eventLog = true, reporterTimeoutMs = 600_000, eraseEveryMs = 60_000, keepEventsMs = 3_600_000, logger, signal }: ProvisioningOptions = {}): Promise<Provisioning> {
  checkTime('reporterTimeoutMs', reporterTimeoutMs, 1)
  checkTime('eraseEveryMs', eraseEveryMs)
  checkTime('keepEventsMs', keepEventsMs)
  const history = await openHistory<Tables>(url, { tablesOf, migrations, signal })
  const eraser = eventLog && eraseEveryMs > 0 ? new Eraser(history, { everyMs: eraseEveryMs, keepMs: keepEventsMs, logger }) : undefined
  return new Provisioning(new SqlStore(history, { eventLog, reporterTimeoutMs, eraser }), { logger })
}

function checkTime(argument: string, ms: number, least = 0): void {
  if (!Number.isInteger(ms) || ms < least) throw new InvalidArgument(argument, `${argument}: ${ms} is no time`, { hint: `Give a whole number of milliseconds, ${least} or more.` })
}
