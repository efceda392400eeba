import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { openServiceGroup } from '@muster/servicegroup'
import { providePythonSystems, vitrageServiceList } from '@muster/testkit'

import type { Outcome } from './outcome.js'
import { inTurn, quantile } from './ratios.js'
import { scratchStore } from './scratch-store.js'
import { startServer } from './server-process.js'

const svc = fileURLToPath(new URL('../../cli/bin/svc.js', import.meta.url))
const workers = 11
const warmUps = 3
const runs = 40
const stockRuns = 9
/** Without what slows every start of Node: it would hide the difference. */
const settings = { NODE_OPTIONS: undefined, NODE_EXTRA_CA_CERTS: undefined }

/** Wall time of `svc list` with eleven live workers, as a multiple of `node -e 0` and of the stock client of Vitrage, run by run in turn. */
export async function measureList(): Promise<Outcome[]> {
  await providePythonSystems((line) => process.stderr.write(`${line}\n`))
  await using store = await scratchStore()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    for (let index = 0; index < workers; index += 1) await serviceGroup.join({ group: 'vitrage', name: `EvaluatorWorker worker(${index})` })
    const env = { ...process.env, ...settings, SVC_BACKEND: store.backend, SVC_ENDPOINT: undefined }
    const lists: number[] = []
    const bare: number[] = []
    for (let run = -warmUps; run < runs; run += 1) {
      const list = await timed([svc, 'list'], env)
      const shown = list.output.split('\n').filter((line) => line.includes('EvaluatorWorker')).length
      if (shown !== workers) throw new Error(`svc list showed ${shown} of ${workers} workers`)
      const node = await timed(['-e', '0'], env)
      if (run < 0) continue
      lists.push(list.ms)
      bare.push(node.ms)
    }
    const tell = (q: number): string => [lists, bare].map((sample) => `${quantile(sample, q).toFixed(0)} ms`).join(' to ')
    const outcome: Outcome = {
      what: 'svc list, 11 workers / node -e 0',
      ...inTurn(lists, bare),
      bar: { atMost: 2.7 },
      here: `median ${tell(0.5)}, p90 ${tell(0.9)}, ${runs} runs each`,
    }
    return [outcome, await measureAgainstStock(store.backend, env)]
  } finally {
    await serviceGroup.close()
  }
}

/** Both ask the same server. */
async function measureAgainstStock(backend: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  await using server = await startServer('api-server.js', [backend])
  const [ours, stock]: [number[], number[]] = [[], []]
  for (let run = -1; run < stockRuns; run += 1) {
    const list = await timed([svc, 'list', '--classic', '--endpoint', server.url], env)
    const startedAt = performance.now()
    const { stdout } = await vitrageServiceList(server.url)
    const stockMs = performance.now() - startedAt
    if (stdout !== list.output) throw new Error('svc list --classic and vitrage service list show different lists')
    if (run < 0) continue
    ours.push(list.ms)
    stock.push(stockMs)
  }
  return {
    what: 'svc list --classic over HTTP / vitrage service list',
    ...inTurn(ours, stock),
    bar: { atMost: 0.6 },
    here: `median ${[ours, stock].map((sample) => `${quantile(sample, 0.5).toFixed(0)} ms`).join(' to ')}, ${stockRuns} runs each`,
  }
}

async function timed(words: readonly string[], env: NodeJS.ProcessEnv): Promise<{ ms: number; output: string }> {
  const startedAt = performance.now()
  const { stdout } = await promisify(execFile)(process.execPath, words, { env })
  return { ms: performance.now() - startedAt, output: stdout }
}
