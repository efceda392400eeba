// npm run test:chaos [-- --minutes N] [--seed S] [--backend embedded|zookeeper|ensemble]: plays plans of locks, leaders, members and
// faults until the time, shared by the backends, is over; exit status 1 when one of them shows what must never be.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { prepare, root } from './workspace.js'

prepare()
const load = (file) => import(pathToFileURL(join(root, 'packages', 'testkit', 'dist', file)).href)
const { run, theatres } = await load('chaos/chaos.js')
const { freshSeed } = await load('seeded-random.js')
const { toTable } = await load('proofs/proof.js')

const usage = `npm run test:chaos -- [--minutes N] [--seed S] [--backend ${Object.keys(theatres).join('|')}]`

function understand() {
  try {
    const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: String(freshSeed()) }, backend: { type: 'string' }, help: { type: 'boolean' } } })
    const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
    const backends = values.backend === undefined ? Object.keys(theatres) : [values.backend]
    if (minutes > 0 && minutes < Infinity && Number.isSafeInteger(seed) && seed >= 0 && backends.every((name) => Object.hasOwn(theatres, name))) return { minutes, seed, backends, help: values.help }
  } catch {
    // told below
  }
  return undefined
}

const understood = understand()
if (!understood) {
  console.error(`Not understood. ${usage}`)
  process.exitCode = 64
} else if (understood.help) {
  console.log(usage)
} else {
  const { minutes, seed, backends } = understood
  let failed = 0
  for (const backend of backends) {
    console.log(`chaos on ${backend}, seed ${seed}`)
    const result = await run(backend, { minutes: minutes / backends.length, seed, log: (line) => console.log(line) })
    console.log(toTable(result))
    if (!result.bars.every(({ met }) => met)) failed += 1
  }
  console.log(`\n${backends.length - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
