import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { openServiceGroup } from '@muster/servicegroup'

import { eventually } from '../eventually.js'
import type { Attack, AttackFunctions } from '../hostile/attack-process.js'
import type { CrowdFunctions } from '../hostile/crowd-process.js'
import type { HonestFunctions } from '../hostile/honest-process.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed } from '../seeded-random.js'
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
  /** For how long the honest client asks before and after. Default 30 s. */
  readonly calmMs?: number
  /** Sent with each request, as a server with tokens wants it. */
  readonly headers?: Readonly<Record<string, string>>
}

const honestPerSecond = 50
/** Of what is in use after a collection: statistics of requests grow with their kinds. */
const inUseMarginMb = 8
/** The engine and the allocator keep some of what they once had. */
const memoryMarginMb = 128
const heapLimit = '--max-old-space-size=128'

/** The memory of a process that is in RAM, in MB. */
async function memoryOf({ pid }: NodeProcess): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** What a process that tells its memory has in use, in MB, after a collection; asked for the `time`th time. */
async function inUse(server: NodeProcess, time: number): Promise<number> {
  server.signal('SIGUSR2')
  const [, bytes] = await server.line(new RegExp(`^in use ${time}: (\\d+) bytes$`))
  return Number(bytes) / 2 ** 20
}

/** What was measured of the honest client at one time, against the same meanwhile. */
function compare(what: string, [when, others]: readonly [string, readonly number[]], meanwhile: readonly number[], share: number): Bar {
  const [was, is] = [quantile(others, share), quantile(meanwhile, share)]
  return { what, measured: `${was.toFixed(2)} ms ${when}, ${is.toFixed(2)} ms meanwhile: ${(is / was).toFixed(2)}x`, bar: '<= 2x', met: is <= 2 * was, timed: true }
}

/**
 * Shows that hostile requests harm neither the server nor its honest clients. One that comes when others are being answered waits for
 * them, whatever they are: how long the unlucky ones wait is compared with as many harmless requests. Takes about ten minutes.
 */
export async function run({ requests = 100_000, perSecond = 250, idle = 10_000, others = 20, calmMs = 30_000, headers = {}, seed = freshSeed(), log = () => {} }: HostileOptions = {}): Promise<ProofResult> {
  log(`seed ${seed}`)
  await using folder = await temporaryFolder()
  const backend = `embedded:${join(folder.path, 'store')}`
  await using server = spawnNode(fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url)), ['serve', '--port', '0', '--backend', backend], { env: { NODE_OPTIONS: `${heapLimit} --import ${new URL('../hostile/tell-memory.js', import.meta.url).href}`, SVC_LOG: 'warn', SVC_CONFIG: '/dev/null' } })
  const [, url = '', port = ''] = await server.line(/^listening on (http:\/\/127\.0\.0\.1:(\d+))$/)
  await using honest = new RemoteProcess<HonestFunctions>(new URL('../hostile/honest-process.js', import.meta.url))
  await using attackers = new RemoteProcess<AttackFunctions>(new URL('../hostile/attack-process.js', import.meta.url))
  await using crowd = new RemoteProcess<CrowdFunctions>(new URL('../hostile/crowd-process.js', import.meta.url))
  const serviceGroup = await openServiceGroup(backend)
  try {
    for (let index = 0; index < 20; index += 1) await serviceGroup.join({ name: `nova-compute worker(${index})`, type: 'nova-compute', hostname: `host${index}` })
    const services = await eventually(async () => {
      const { services: found } = await serviceGroup.getMany({}, { consistent: true })
      if (found.length < 20) throw new Error(`${found.length} services`)
      return found
    })
    const paths = ['/v1/service', '/v1/service?view=services', '/v1/liveness?type=nova-compute&host=host1', '/v2.1/os-services']
    const urls = paths.map((path) => url + path)
    const measure = async <T>(meanwhile: () => Promise<T>): Promise<{ times: readonly number[]; failures: readonly string[]; result: T }> => {
      await honest.call('begin', urls, headers, honestPerSecond)
      const result = await meanwhile()
      return { times: [], failures: [], ...(await honest.call('end')), result }
    }
    const inPeace = () => measure(() => delay(calmMs))
    const names = [...services.slice(0, 3).map(({ uuid }) => uuid), 'default', 'nosuch', '00000000-0000-4000-8000-000000000000']
    const attack = (how: Pick<Attack, 'requests' | 'harmless'>) => measure(async () => {
      await attackers.call('begin', { url, headers, names, perSecond, seed, ...how })
      for (let told = 0; ; ) {
        const { sent, attacked } = await attackers.call('progress')
        if (attacked) return attacked
        if (sent < told + 10_000) continue
        told = sent - (sent % 10_000)
        log(`${told} sent`)
      }
    })
    await inPeace() // the engine compiles what is asked for often
    const before = await inPeace()
    const harmless = { requests: Math.round((perSecond * calmMs) / 1000), harmless: paths }
    const busyBefore = await attack(harmless)
    const inUseBefore = await inUse(server, 1)
    const memoryBefore = await memoryOf(server)

    for (const kind of ['slowHead', 'slowBody', 'deaf', 'halfOpen']) await crowd.call('hold', Number(port), '127.0.0.9', kind, others)
    for (const kind of ['gigabyte', 'endless']) await crowd.call('hold', Number(port), '127.0.0.9', kind, Math.ceil(others / 10))
    await crowd.call('hold', Number(port), '127.0.0.9', 'idle', idle)
    const { times, failures, result } = await attack({ requests })
    const { byHand, statuses, complaints } = result
    const memoryAtWorst = await memoryOf(server)
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text()
    await crowd.call('close')
    const busyAfter = await attack(harmless)
    const after = await inPeace()
    const busy = [busyBefore, busyAfter] // whoever else uses this machine does not do so evenly
    const busyTimes = busy.flatMap((told) => told.times)
    const inUseAfter = await inUse(server, 2)
    const memoryAfter = await memoryOf(server)

    log(`requests a second: ${busy.map((told) => told.result.perSecond.toFixed(0)).join(' and ')} harmless ones, ${result.perSecond.toFixed(0)} hostile ones`)
    log(`answers by status: ${[...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')}`)
    log(`connections closed: ${[...metrics.matchAll(/^svc_connections_closed_total\{reason="(\w+)"\} (\d+)$/gm)].map(([, reason, count]) => `${reason} ${count}`).join(', ')}`)
    log(`time of an honest request, p95: ${[before, busyBefore, { times }, busyAfter, after].map((told) => `${quantile(told.times, 0.95).toFixed(2)} ms`).join(', ')} in peace, among harmless ones, among hostile ones, among harmless ones and in peace again`)
    for (const failure of new Set(failures)) log(failure)
    for (const { complaint, count, request } of complaints) log(`${complaint} (${count} times)\n    ${JSON.stringify(request)}`)
    const answers = [...statuses].filter(([status]) => status >= 200)
    return {
      name: 'hostile-requests',
      seed,
      bars: [
        atLeast(`requests answered, of ${requests} generated and ${byHand} by hand`, answers.reduce((sum, [, count]) => sum + count, 0), requests + byHand),
        exactly('complaints: a 5xx that is no true 503, a hang, a missing header, an answer of no form', complaints.reduce((sum, { count }) => sum + count, 0), 0),
        exactly('harmless requests not answered with 200', busy.flatMap(({ result: { statuses: those } }) => [...those]).reduce((sum, [status, count]) => sum + (status === 200 ? 0 : count), 0), 0),
        exactly(`honest requests that failed, of ${times.length}`, [before, ...busy, after].reduce((sum, told) => sum + told.failures.length, failures.length), 0),
        compare('time of an honest request, p50', ['in peace', before.times], times, 0.5),
        compare('time of an honest request, p95', ['among as many harmless ones', busyTimes], times, 0.95),
        { what: 'memory in use after a collection', measured: `${inUseBefore.toFixed(1)} MB before, ${inUseAfter.toFixed(1)} after`, bar: `after <= before + ${inUseMarginMb} MB`, met: inUseAfter <= inUseBefore + inUseMarginMb },
        { what: 'memory in RAM', measured: `${memoryBefore.toFixed(0)} MB before, ${memoryAtWorst.toFixed(0)} at the end, ${memoryAfter.toFixed(0)} after`, bar: `after <= before + ${memoryMarginMb} MB`, met: memoryAfter <= memoryBefore + memoryMarginMb, timed: true },
      ],
    }
  } finally {
    await serviceGroup.close()
  }
}
