import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { limits, openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'
import autocannon from 'autocannon'

import { joinOp } from './join-op.js'
import type { Outcome } from './outcome.js'
import { inTurn, quantile } from './ratios.js'
import { scratchStore } from './scratch-store.js'
import type { ScratchStore } from './scratch-store.js'
import { startServer } from './server-process.js'
import type { ServerProcess } from './server-process.js'

const rounds = 7
const warmUpSeconds = 1
const roundSeconds = 2
export const connections = 10

/** Warm requests for `GET /v1/service` a second of CPU, as a share of a bare server's that sends the same bytes, and those answered 304 as a share of our own 200s, in turn. */
export async function measureHttp(): Promise<Outcome[]> {
  return [...(await measureList(1000)), ...(await measureList(10_000))]
}

async function measureList(workers: number): Promise<Outcome[]> {
  await using store = await scratchStore()
  const session = await openSession(store.backend)
  try {
    await joinAll(session, workers)
    return await measureListOf(store, workers)
  } finally {
    await session.close({ timeoutMs: 20_000 })
  }
}

async function measureListOf(store: ScratchStore, workers: number): Promise<Outcome[]> {
  await using api = await startServer('api-server.js', [store.backend])
  const { bytes, contentType, etag } = await fetchList(`${api.url}/v1/service`, workers)
  const file = join(store.folder, 'list.json')
  await writeFile(file, bytes)
  await using bare = await startServer('bare-server.js', [file, contentType])

  const contestants = {
    served: (seconds: number) => ask(api, '/v1/service', 200, seconds),
    peer: (seconds: number) => ask(bare, '/', 200, seconds),
    unchanged: (seconds: number) => ask(api, '/v1/service', 304, seconds, { 'If-None-Match': etag }),
  }
  const runs: Record<keyof typeof contestants, Run[]> = { served: [], peer: [], unchanged: [] }
  const names = Object.keys(runs) as (keyof typeof contestants)[]
  for (const name of names) await contestants[name](warmUpSeconds)
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) runs[name].push(await contestants[name](roundSeconds))
  }
  const perCpu = (name: keyof typeof contestants): number[] => runs[name].map(({ perCpuSecond }) => perCpuSecond)
  const tell = (name: keyof typeof contestants): string =>
    `${quantile(perCpu(name), 0.5).toFixed(0)} (${quantile(runs[name].map(({ perSecond }) => perSecond), 0.5).toFixed(0)}/s on this machine as it was)`
  const asked = `GET /v1/service, ${workers.toLocaleString('en')} workers`
  return [
    {
      what: `${asked} / bare http server`,
      ...inTurn(perCpu('served'), perCpu('peer')),
      bar: { atLeast: 0.7 },
      here: `requests a second of the server's CPU: ${tell('served')} to ${tell('peer')}, of ${(bytes.length / 1024).toFixed(0)} KiB, ${connections} connections, ${rounds} rounds`,
    },
    {
      what: `${asked}, answered 304 / answered 200`,
      ...inTurn(perCpu('unchanged'), perCpu('served')),
      bar: { atLeast: 1 },
      here: `requests a second of the server's CPU: ${tell('unchanged')} to ${tell('served')}`,
    },
  ]
}

/** What so many workers of one host publish. */
async function joinAll(session: Session, workers: number): Promise<void> {
  await session.commit([{ op: 'create', at: { collection: 'groups', key: 'vitrage' }, data: new Uint8Array() }])
  const ops = Array.from({ length: workers }, (_, index) => joinOp({ group: 'vitrage', name: `EvaluatorWorker worker(${index})`, type: 'EvaluatorWorker', hostname: 'controller-1', pid: 20_000 + index }))
  while (ops.length > 0) await session.commit(ops.splice(0, limits.commitOps))
}

async function fetchList(path: string, workers: number): Promise<{ bytes: Buffer; contentType: string; etag: string }> {
  const response = await fetch(path)
  const bytes = Buffer.from(await response.arrayBuffer())
  const rows: unknown = JSON.parse(bytes.toString())
  if (!Array.isArray(rows) || rows.length !== workers) throw new Error(`GET /v1/service did not answer with ${workers} workers`)
  return { bytes, contentType: response.headers.get('Content-Type') ?? '', etag: response.headers.get('ETag') ?? '' }
}

export interface Run {
  readonly perSecond: number
  /** Answers a second of the server's CPU: what else runs on the machine does not count. */
  readonly perCpuSecond: number
}

/** Loads a server for so many seconds. @throws when it answers anything else */
export async function ask(server: ServerProcess, path: string, status: 200 | 304, duration: number, headers: Record<string, string> = {}): Promise<Run> {
  const url = server.url + path
  const before = await server.cpu()
  const result = await autocannon({ url, duration, connections, headers })
  const cpuMs = (await server.cpu()) - before
  const answered = status === 200 ? result['2xx'] : result['3xx']
  const others = result['1xx'] + result['2xx'] + result['3xx'] + result['4xx'] + result['5xx'] - answered
  if (result.errors > 0 || others > 0) throw new Error(`${url}: ${result.errors} errors, ${others} answers that are no ${status}`)
  return { perSecond: answered / result.duration, perCpuSecond: (answered / cpuMs) * 1000 }
}
