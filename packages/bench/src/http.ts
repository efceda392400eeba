import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { openCoordinator } from '@muster/coordination'
import type { Coordinator } from '@muster/coordination'
import autocannon from 'autocannon'

import type { Outcome } from './outcome.js'
import { inTurn, quantile } from './ratios.js'
import { scratchStore } from './scratch-store.js'
import { startServer } from './server-process.js'

const workers = 1000
const rounds = 7
const warmUpSeconds = 1
const roundSeconds = 2
const connections = 10

/** Requests/s of a warm `GET /v1/service` with a thousand workers, as a share of a bare server's that sends the same bytes, in turn. */
export async function measureHttp(): Promise<Outcome[]> {
  await using store = await scratchStore()
  await using coordinator = await openCoordinator(store.backend)
  await joinAll(coordinator)
  await using api = await startServer('api-server.js', [store.backend])
  const path = `${api.url}/v1/service`
  const { bytes, contentType } = await fetchList(path)
  const file = join(store.folder, 'list.json')
  await writeFile(file, bytes)
  await using bare = await startServer('bare-server.js', [file, contentType])

  await requestsPerSecond(path, warmUpSeconds)
  await requestsPerSecond(bare.url, warmUpSeconds)
  const served: number[] = []
  const peer: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    served.push(await requestsPerSecond(path, roundSeconds))
    peer.push(await requestsPerSecond(bare.url, roundSeconds))
  }
  const outcome: Outcome = {
    what: 'GET /v1/service, 1000 workers / bare http server',
    ...inTurn(served, peer),
    bar: { atLeast: 0.5 },
    here: `${[served, peer].map((rates) => quantile(rates, 0.5).toFixed(0)).join(' to ')} requests/s of ${(bytes.length / 1024).toFixed(0)} KiB, ${connections} connections, ${rounds} rounds`,
  }
  return [outcome]
}

/** What a thousand workers of one host publish, joined on one session. */
async function joinAll(coordinator: Coordinator): Promise<void> {
  const created = '2019-02-10T11:07:15+00:00'
  const rest = { hostname: 'controller-1', created, type: 'EvaluatorWorker', region: null, zone: null, version: null, labels: {}, incarnation: 1, v: 1 }
  for (let index = 0; index < workers; index += 1) {
    const name = `EvaluatorWorker worker(${index})`
    const memberId = `${name}_controller-1_${20_000 + index}_${index.toString(16).padStart(8, '0')}`
    await coordinator.joinGroupCreate('vitrage', { name, process: 20_000 + index, ...rest }, { memberId })
  }
}

async function fetchList(path: string): Promise<{ bytes: Buffer; contentType: string }> {
  const response = await fetch(path)
  const bytes = Buffer.from(await response.arrayBuffer())
  const rows: unknown = JSON.parse(bytes.toString())
  if (!Array.isArray(rows) || rows.length !== workers) throw new Error(`GET /v1/service did not answer with ${workers} workers`)
  return { bytes, contentType: response.headers.get('Content-Type') ?? '' }
}

async function requestsPerSecond(url: string, duration: number): Promise<number> {
  const result = await autocannon({ url, duration, connections })
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} answers that are no success`)
  return result['2xx'] / result.duration
}
