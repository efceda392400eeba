import { InvalidArgument } from '@muster/common'
import type { DeclaredSteps } from '@muster/provisioning'

import { clusterFields } from '../clusters/cluster-columns.js'
import { clusterName, clusterOptions, withClusters } from '../clusters/cluster-target.js'
import { defineCommand } from '../command.js'
import { showOptions, showPrinter } from '../output/show-printer.js'

export const command = defineCommand({
  name: 'cluster create',
  help: `Creates a cluster, to report the steps of. Exits with 6 when its name is taken.

  svc cluster create sample
  svc cluster create sample --steps creating='Launching instances,Waiting for ssh' --steps deleting=Terminating
  id="$(svc cluster create sample -f value -c id)"

Steps that are declared are shown before they begin, and the cluster is Active when they are all done; without,
when none is open. svc cluster run reports a step.`,
  options: {
    description: { type: 'string', requiresArg: true, describe: 'What it is for' },
    steps: { type: 'string', array: true, requiresArg: true, describe: 'TYPE=NAME,NAME: the steps of creating, scaling or deleting it, in their order; once for each type' },
    ...showOptions,
    ...clusterOptions,
  },
  argument: clusterName,
  run: async (args, io, _, name = '') => {
    const print = showPrinter(clusterFields, args, io)
    const provisioningSteps = declared(args.steps ?? [])
    await print(await withClusters(args, io, ({ provisioning: { store }, tenant }) => store.createCluster({ name, description: args.description, provisioningSteps }, { tenant }), { isMade: true }))
    return 0
  },
})

/** @throws InvalidArgument for what is not `TYPE=NAME,NAME`, and for a type that is given twice */
function declared(words: readonly string[]): DeclaredSteps {
  const steps = words.map((word): [string, string[]] => {
    const [, type, names] = /^(\w+)=(.+)$/s.exec(word) ?? []
    if (type === undefined || names === undefined) throw new InvalidArgument('steps', `--steps ${word}: write it as TYPE=NAME,NAME`)
    return [type, names.split(',').map((name) => name.trim())]
  })
  const twice = steps.find(([type], index) => steps.findIndex(([other]) => other === type) < index)
  if (twice) throw new InvalidArgument('steps', `--steps ${twice[0]} is given twice: write all its steps with commas between them`)
  return Object.fromEntries(steps)
}
