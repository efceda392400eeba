import { clusterFields } from '../clusters/cluster-columns.js'
import { clusterName, clusterOptions, withClusters } from '../clusters/cluster-target.js'
import { defineCommand } from '../command.js'
import { showOptions, showPrinter } from '../output/show-printer.js'

export const command = defineCommand({
  name: 'cluster show',
  help: `Shows all that is known of a cluster. Exits with 3 when there is none.

  svc cluster show sample
  svc cluster show sample -f value -c status

svc progress NAME draws its steps, and tells what has failed.`,
  options: { ...showOptions, ...clusterOptions },
  argument: clusterName,
  run: async (args, io, _, name = '') => {
    const print = showPrinter(clusterFields, args, io)
    await print(await withClusters(args, io, ({ provisioning: { store }, tenant }) => store.cluster(name, { tenant })))
    return 0
  },
})
