import { clusterName, clusterOptions, withClusters } from '../clusters/cluster-target.js'
import { defineCommand } from '../command.js'
import { cancelledStatus, openQuestion } from '../question.js'
import { safeText } from '../safe-text.js'

export const command = defineCommand({
  name: 'cluster delete',
  help: `Deletes a cluster with its steps and events, for good. Exits with 3 when there is none.

  svc cluster delete sample
  svc cluster delete sample --yes

It deletes what is recorded; what ends the instances is a step of type deleting before it.`,
  options: { yes: { alias: 'y', type: 'boolean', describe: 'Do not ask' }, ...clusterOptions },
  argument: clusterName,
  run: async (args, io, _, word = '') => {
    const ask = await openQuestion(args.yes !== true, io, 'Give --yes to do it without a question.')
    return withClusters(args, io, async ({ provisioning, tenant }) => {
      const cluster = await provisioning.cluster(word, { tenant })
      if (!(await ask(`Delete cluster ${cluster.name} with its steps and events for good?`))) return cancelledStatus
      await cluster.delete()
      await io.write(`${safeText(cluster.name)} is deleted\n`)
      return 0
    })
  },
})
