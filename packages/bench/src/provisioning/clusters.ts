import { openHistory } from '@muster/database/history'
import type { History } from '@muster/database/history'
import { openProvisioning } from '@muster/provisioning'
import type { Provisioning, StepHandle } from '@muster/provisioning'
import { migrations, tablesOf } from '@muster/provisioning/internal'
import type { Tables } from '@muster/provisioning/internal'

export const stepsOfCluster = 20
/** Not seen by those who list the others. */
const tenant = 'model'

/** Calls `work` with the tables of these clusters, as nobody else gets at them. */
export async function withTables<T>(database: string, work: (history: History<Tables>) => Promise<T>): Promise<T> {
  const history = await openHistory<Tables>(database, { tablesOf, migrations })
  try {
    return await work(history)
  } finally {
    await history.close()
  }
}

/** A cluster with all its steps, to be copied; `report` says what one instance has to say in each. Resolves with its id. */
export async function makeModel(provisioning: Provisioning, total: number, report: (step: StepHandle) => Promise<unknown>): Promise<string> {
  const names = Array.from({ length: stepsOfCluster }, (_, index) => `Step ${index + 1} of ${stepsOfCluster}`)
  const plugin = { name: 'bench', provisioningSteps: () => ({ creating: names }) }
  const cluster = await provisioning.createCluster({ name: 'model', tenant, plugin })
  for (const name of names) await report(await cluster.step({ name, type: 'creating', total }))
  return cluster.id
}

/** Erases nothing by itself. */
export const openToRead = (database: string): Promise<Provisioning> => openProvisioning(database, { eraseEveryMs: 0 })
