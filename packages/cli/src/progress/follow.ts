import { isMusterError, messageOf, repeat } from '@muster/common'
import type { ClusterRow, ProvisioningStore } from '@muster/provisioning'

export interface Followed {
  readonly store: ProvisioningStore
  readonly idOrName: string
  readonly tenant: string
  readonly signal: AbortSignal
  /** Called with the cluster as it is, and whenever it is another way. */
  readonly onCluster: (cluster: ClusterRow) => void | Promise<void>
  /** Called with why it cannot be told, once for each time; undefined when it can again. */
  readonly onConnection: (lost: string | undefined) => void
}

/** Follows a cluster through outages; resolves when it is deleted or `signal` aborts. @throws what keeps it from being told at first, NotFound too */
export async function follow({ store, idOrName, tenant, signal, onCluster, onConnection }: Followed): Promise<void> {
  const over = new AbortController()
  let id: string | undefined
  let isLost = false
  const end = AbortSignal.any([signal, over.signal])
  const watch = async (succeed: () => void): Promise<void> => {
    for await (const cluster of store.watch(id ?? idOrName, { tenant, signal: end })) {
      succeed()
      id = cluster.id
      if (isLost) onConnection(undefined)
      isLost = false
      await onCluster(cluster)
    }
    over.abort()
  }
  await repeat(watch, end, (error) => {
    const isGone = id !== undefined && isMusterError(error, 'not_found')
    if (isGone) over.abort()
    if (isGone) return
    if (id === undefined || !isMusterError(error) || !passing.includes(error.code)) throw error
    if (!isLost) onConnection(messageOf(error))
    isLost = true
  })
}

const passing: readonly string[] = ['backend_unreachable', 'outcome_unknown', 'operation_timed_out']
