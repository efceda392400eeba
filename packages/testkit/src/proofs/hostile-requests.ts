import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { messageOf } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import fc from 'fast-check'

import { eventually } from '../eventually.js'
import { operationsOf } from '../hostile/api-description.js'
import { attacks } from '../hostile/attacks.js'
import type { CrowdFunctions } from '../hostile/crowd-process.js'
import { generatedRequests } from '../hostile/generated-requests.js'
import type { HonestFunctions } from '../hostile/honest-process.js'
import { complaintsOf } from '../hostile/judge.js'
import { exchange } from '../raw-http.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import { spawnNode } from '../spawn-node.js'
import type { NodeProcess } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { atLeast, exactly, quantile } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'

export interface HostileOptions extends ProofOptions {
  /** Generated ones. Default 100,000. */
  readonly requests?: number
  /** Default 250. */
  readonly perSecond?: number
  /** Sockets that one address opens and does not use. Default 10,000. */
  readonly idle?: number
  /** Of each other kind of a bad client. Default 20. */
  readonly others?: number
  /** For how long the honest client asks before and after. Default 20 s. */
  readonly calmMs?: number
  /** Sent with each request, as a server with tokens wants it. */
  readonly headers?: Readonly<Record<string, string>>
}

const honestPerSecond = 50
const answerWithinMs = 20_000
const parallel = 16
/** The engine keeps some of what it once had, by and by more of it; what is live is bounded by the heap's limit, which ends a server that leaks. */
const memoryMarginMb = 128
const heapLimit = '--max-old-space-size=128'

/** The memory of a process that is in RAM, in MB. */
async function memoryOf({ pid }: NodeProcess): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Counts what was complained of, and tells each once with the request. */
class Complaints {
  readonly #seen = new Map<string, number>()
  readonly #log: (line: string) => void

  constructor(log: (line: string) => void) {
    this.#log = log
  }

  add(complaint: string, request: Buffer): void {
    const count = this.#seen.get(complaint) ?? 0
    this.#seen.set(complaint, count + 1)
    if (count === 0) this.#log(`${complaint}\n    ${JSON.stringify(request.toString('latin1').slice(0, 600))}`)
  }

  get count(): number {
    return [...this.#seen.values()].reduce((sum, count) => sum + count, 0)
  }
}

/** Sends requests at a pace, some at the same time, each from one of many addresses. Resolves to how many were answered with each status. */
async function attack(port: number, requests: Iterable<Buffer>, perSecond: number, complaints: Complaints, log: (line: string) => void): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  const beginAt = performance.now()
  const rest = requests[Symbol.iterator]()
  let sent = 0
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const request = next.value
      sent += 1
      if (sent % 10_000 === 0) log(`${sent} sent, ${complaints.count} complaints`)
      await delay(Math.max(0, beginAt + (sent * 1000) / perSecond - performance.now()))
      try {
        // From many addresses: the ports of one would not last.
        const answers = await exchange(port, request, { from: `127.0.1.${1 + (sent % 200)}`, timeoutMs: answerWithinMs, untilAnswered: true })
        if (answers.length === 0) complaints.add('the connection was closed without an answer', request)
        for (const answer of answers) {
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
          for (const complaint of complaintsOf(answer)) complaints.add(complaint, request)
        }
      } catch (error) {
        complaints.add(`a hang: ${messageOf(error).slice(-40)}`, request)
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return statuses
}

/** What was measured of the honest client before, against the same meanwhile. */
function compare(what: string, before: readonly number[], meanwhile: readonly number[], share: number): Bar {
  const [was, is] = [quantile(before, share), quantile(meanwhile, share)]
  return { what, measured: `${was.toFixed(2)} ms before, ${is.toFixed(2)} ms meanwhile: ${(is / was).toFixed(2)}x`, bar: '<= 2x', met: is <= 2 * was, timed: true }
}

/** Shows that hostile requests harm neither the server nor its honest clients. Takes about eight minutes. */
export async function run({ requests = 100_000, perSecond = 250, idle = 10_000, others = 20, calmMs = 20_000, headers = {}, seed = freshSeed(), log = () => {} }: HostileOptions = {}): Promise<ProofResult> {
  log(`seed ${seed}`)
  await using folder = await temporaryFolder()
  const backend = `embedded:${join(folder.path, 'store')}`
  await using server = spawnNode(fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url)), ['serve', '--port', '0', '--backend', backend], { env: { NODE_OPTIONS: heapLimit, SVC_LOG: 'warn', SVC_CONFIG: '/dev/null' } })
  const [, url = '', port = ''] = await server.line(/^listening on (http:\/\/127\.0\.0\.1:(\d+))$/)
  await using honest = new RemoteProcess<HonestFunctions>(new URL('../hostile/honest-process.js', import.meta.url))
  await using crowd = new RemoteProcess<CrowdFunctions>(new URL('../hostile/crowd-process.js', import.meta.url))
  const serviceGroup = await openServiceGroup(backend)
  try {
    for (let index = 0; index < 20; index += 1) await serviceGroup.join({ name: `nova-compute worker(${index})`, type: 'nova-compute', hostname: `host${index}` })
    const services = await eventually(async () => {
      const { services: found } = await serviceGroup.getMany({}, { consistent: true })
      if (found.length < 20) throw new Error(`${found.length} services`)
      return found
    })
    const urls = ['/v1/service', '/v1/service?view=services', '/v1/liveness?type=nova-compute&host=host1', '/v2.1/os-services'].map((path) => url + path)
    const measure = async <T>(meanwhile: () => Promise<T>): Promise<{ times: readonly number[]; failures: readonly string[]; result: T }> => {
      await honest.call('begin', urls, headers, honestPerSecond)
      const result = await meanwhile()
      return { times: [], failures: [], ...(await honest.call('end')), result }
    }
    const inPeace = () => measure(() => delay(calmMs))
    await inPeace() // the engine compiles what is asked for often
    const before = await inPeace()
    const memoryBefore = await memoryOf(server)

    const complaints = new Complaints(log)
    const names = [...services.slice(0, 3).map(({ uuid }) => uuid), 'default', 'nosuch', '00000000-0000-4000-8000-000000000000']
    const arbitrary = generatedRequests(await operationsOf(url, headers), names, headers)
    const byHand = attacks(headers)
    for (const kind of ['slowHead', 'slowBody', 'deaf', 'halfOpen']) await crowd.call('hold', Number(port), '127.0.0.9', kind, others)
    for (const kind of ['gigabyte', 'endless']) await crowd.call('hold', Number(port), '127.0.0.9', kind, Math.ceil(others / 10))
    await crowd.call('hold', Number(port), '127.0.0.9', 'idle', idle)
    const { times, failures, result: statuses } = await measure(() => attack(Number(port), mix(arbitrary, requests, byHand, seed), perSecond, complaints, log))
    const memoryAtWorst = await memoryOf(server)
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text()
    await crowd.call('close')
    const after = await inPeace()
    const memoryAfter = await eventually(async () => {
      const memory = await memoryOf(server)
      if (memory > memoryBefore + memoryMarginMb) throw new Error(`${memory} MB`)
      return memory
    }, { timeoutMs: calmMs * 2, everyMs: 500 }).catch(() => memoryOf(server))

    log(`answers by status: ${[...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')}`)
    log(`connections closed: ${[...metrics.matchAll(/^svc_connections_closed_total\{reason="(\w+)"\} (\d+)$/gm)].map(([, reason, count]) => `${reason} ${count}`).join(', ')}`)
    for (const failure of new Set(failures)) log(failure)
    const answers = [...statuses].filter(([status]) => status >= 200)
    return {
      name: 'hostile-requests',
      seed,
      bars: [
        atLeast(`requests answered, of ${requests} generated and ${byHand.length} by hand`, answers.reduce((sum, [, count]) => sum + count, 0), requests + byHand.length),
        exactly('complaints: a 5xx that is no true 503, a hang, a missing header, an answer of no form', complaints.count, 0),
        exactly(`honest requests that failed, of ${times.length}`, failures.length + before.failures.length + after.failures.length, 0),
        compare('time of an honest request, p50', before.times, times, 0.5),
        compare('time of an honest request, p95', before.times, times, 0.95),
        { what: 'memory', measured: `${memoryBefore.toFixed(0)} MB before, ${memoryAtWorst.toFixed(0)} at the end, ${memoryAfter.toFixed(0)} after`, bar: `after <= before + ${memoryMarginMb} MB`, met: memoryAfter <= memoryBefore + memoryMarginMb, timed: true },
      ],
    }
  } finally {
    await serviceGroup.close()
  }
}

const batch = 250

/** So many generated requests, a few at a time, and those by hand spread among them. */
function* mix(arbitrary: fc.Arbitrary<Buffer>, requests: number, byHand: readonly Buffer[], seed: number): Generator<Buffer> {
  const random = seededRandom(seed)
  const places = byHand.map((request) => [random.below(requests), request] as const)
  for (let from = 0; from < requests; from += batch) {
    const size = Math.min(batch, requests - from)
    yield* fc.sample(arbitrary, { seed: seed + from, numRuns: size })
    yield* places.filter(([place]) => place >= from && place < from + size).map(([, request]) => request)
  }
}
