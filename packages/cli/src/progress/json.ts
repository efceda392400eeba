import type { ClusterRow } from '@muster/provisioning'

/** As the HTTP API has it, without the steps a second time under their other name. */
export function rowJson(cluster: ClusterRow): Omit<ClusterRow, 'provisioning_progress'> {
  const { provisioning_progress: _, ...row } = cluster
  return row
}
