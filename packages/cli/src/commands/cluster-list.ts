import type { ClusterRow } from '@muster/provisioning'

import { clusterColumns } from '../clusters/cluster-columns.js'
import { absentFile, clusterOptions, withClusters } from '../clusters/cluster-target.js'
import type { Opened } from '../clusters/cluster-target.js'
import { defineCommand } from '../command.js'
import { resolveHistory } from '../history/history-target.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'

const pageSize = 1000

export const command = defineCommand({
  name: 'cluster list',
  help: `Lists the clusters of a tenant, the oldest first, each with the step it is at.

  svc cluster list
  svc cluster list --tenant blue -f value -c name -c status
  svc cluster list -c name -c status_description

svc progress NAME shows how far one is.`,
  options: { ...outputOptions, ...clusterOptions },
  run: async (args, io) => {
    const print = listPrinter(clusterColumns, args, io)
    const isThere = (await absentFile(await resolveHistory(args, io))) === undefined
    const clusters = isThere ? await withClusters(args, io, readAll) : []
    await print(clusters)
    if (clusters.length === 0) say(io, 'no clusters')
    return 0
  },
})

async function readAll({ provisioning, tenant }: Opened): Promise<readonly ClusterRow[]> {
  const all: ClusterRow[] = []
  for (let after: string | undefined; ; ) {
    const { clusters, next } = await provisioning.clusters({ tenant, limit: pageSize, after })
    all.push(...clusters)
    if (next === null) return all
    after = next
  }
}
