// npm run test:long -- NAME [--seed N]: one of the long proofs in its full form; exit status 1 when it misses a bar.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { prepare, root } from './workspace.js'

prepare()
const folder = join(root, 'packages', 'testkit', 'dist', 'proofs')
const names = ['kill', 'churn', 'crash', 'zookeeper-kill', 'zookeeper-failover', 'zookeeper-partition', 'zookeeper-churn', 'lock-partition', 'leader-kill', 'admin-crash', 'join-or-delete', 'hostile-requests', 'history', 'provisioning']

const [name, option, value] = process.argv.slice(2)
const seed = option === '--seed' && /^\d+$/.test(value ?? '') ? Number(value) : undefined
if (name === undefined) {
  console.log(`npm run test:long -- NAME [--seed N]\nNAME is one of: ${names.join(', ')}`)
} else if (!names.includes(name) || (option !== undefined && seed === undefined)) {
  console.error(`Not understood. npm run test:long -- NAME [--seed N], NAME one of: ${names.join(', ')}`)
  process.exitCode = 64
} else {
  const { run } = await import(pathToFileURL(join(folder, `${name}.js`)).href)
  const { toTable } = await import(pathToFileURL(join(folder, 'proof.js')).href)
  const result = await run({ seed, log: (line) => console.error(line) })
  console.log(toTable(result))
  process.exitCode = result.bars.every(({ met }) => met) ? 0 : 1
}
