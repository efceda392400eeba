import type { ClusterRow } from '@muster/provisioning'

/** As the HTTP API has it, without the steps a second time under their other name. */
export const rowJson = (cluster: ClusterRow): object => ({ ...cluster, provisioning_progress: undefined })
