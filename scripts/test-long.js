// npm run test:long -- NAME [--seed N] [--backend NAME]: one of the long proofs in its full form; exit status 1 when it misses a bar.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { prepare, root } from './workspace.js'

prepare()
const folder = join(root, 'packages', 'testkit', 'dist', 'proofs')
const names = ['kill', 'churn', 'crash', 'zookeeper-kill', 'zookeeper-failover', 'zookeeper-partition', 'zookeeper-churn', 'lock-partition', 'leader-kill', 'admin-crash', 'join-or-delete', 'hostile-requests', 'history', 'provisioning']

const withBackends = ['admin-crash', 'join-or-delete', 'history']
const usage = `npm run test:long -- NAME [--seed N] [--backend embedded|zookeeper]\nNAME is one of: ${names.join(', ')}; those with backends: ${withBackends.join(', ')}`

const [name, ...words] = process.argv.slice(2)
const options = Object.fromEntries(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1]]] : [])))
const { '--seed': seed, '--backend': backend, ...others } = options
const isRight = names.includes(name) && Object.keys(others).length === 0 && (!('--seed' in options) || /^\d+$/.test(seed ?? '')) && (!('--backend' in options) || (withBackends.includes(name) && ['embedded', 'zookeeper'].includes(backend)))

if (name === undefined) {
  console.log(usage)
} else if (!isRight) {
  console.error(`Not understood. ${usage}`)
  process.exitCode = 64
} else {
  const { run } = await import(pathToFileURL(join(folder, `${name}.js`)).href)
  const { toTable } = await import(pathToFileURL(join(folder, 'proof.js')).href)
  const result = await run({ seed: seed === undefined ? undefined : Number(seed), ...(backend !== undefined && { on: [backend] }), log: (line) => console.error(line) })
  console.log(toTable(result))
  process.exitCode = result.bars.every(({ met }) => met) ? 0 : 1
}
