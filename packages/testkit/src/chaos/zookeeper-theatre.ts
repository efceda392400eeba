import { setTimeout as delay } from 'node:timers/promises'

import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { startZooKeeperEnsemble } from '../zookeeper/ensemble.js'
import { startFaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import type { FaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { plans } from './plan.js'
import type { Fault } from './plan.js'
import type { Stage, Theatre } from './stage.js'

const timeoutMs = 2000
const tickTimeMs = 500
/** What a slow network adds to each way. */
const slowMs = 150

const network = { partition: 2, deaf: 1, mute: 1, lossy: 1, slow: 1, cut: 2, 'lost reply': 2, refused: 1 }
const faults = { killed: 2, stopped: 5, ...network, 'server killed': 1, 'server stopped': 1 }

/** One server. */
export async function zookeeperTheatre(): Promise<Theatre> {
  const server = await startZooKeeper({ tickTimeMs })
  return new ZooKeeperTheatre('zookeeper', [server], () => Promise.resolve(), server)
}

/** Three servers, each of which may be killed or stopped. */
export async function ensembleTheatre(): Promise<Theatre> {
  const ensemble = await startZooKeeperEnsemble({ tickTimeMs })
  return new ZooKeeperTheatre('ensemble', ensemble.servers, () => ensemble.settled(), ensemble)
}

/** Each store is a path of its own; each client reaches each server through a proxy of its own. */
class ZooKeeperTheatre implements Theatre {
  readonly name: string
  readonly plans = plans(faults, 2.5 * timeoutMs)
  /** A server that comes back gives every session its whole timeout again. */
  readonly bounds = { goneWithin: 2 * (timeoutMs + tickTimeMs) + 1500, seenWithin: timeoutMs, exitWithin: 5000 }
  readonly #servers: readonly ZooKeeperServer[]
  readonly #settled: () => Promise<void>
  readonly #owner: AsyncDisposable
  readonly #client: ZooKeeperClient
  #stages = 0

  constructor(name: string, servers: readonly ZooKeeperServer[], settled: () => Promise<void>, owner: AsyncDisposable) {
    this.name = name
    this.#servers = servers
    this.#settled = settled
    this.#owner = owner
    this.#client = createClient(servers.map(({ endpoint }) => endpoint).join(','))
  }

  async stage(clients: number): Promise<Stage> {
    const chroot = `/chaos-${(this.#stages += 1)}`
    await this.#client.create(chroot)
    const roads = await Promise.all(Array.from({ length: clients }, () => Promise.all(this.#servers.map(({ endpoint }) => startFaultProxy(endpoint)))))
    return new ZooKeeperStage(this.#servers, this.#settled, roads, chroot)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
    await this.#owner[Symbol.asyncDispose]()
  }
}

class ZooKeeperStage implements Stage {
  readonly directUrl: string
  readonly #servers: readonly ZooKeeperServer[]
  readonly #roads: readonly (readonly FaultProxy[])[]
  readonly #chroot: string
  readonly #troubled = new Set<ZooKeeperServer>()
  readonly settled: () => Promise<void>

  constructor(servers: readonly ZooKeeperServer[], settled: () => Promise<void>, roads: readonly (readonly FaultProxy[])[], chroot: string) {
    this.#servers = servers
    this.#roads = roads
    this.#chroot = chroot
    this.settled = settled
    this.directUrl = this.#urlOf(servers)
  }

  url(client: number): string {
    return this.#urlOf(this.#roads[client] ?? [])
  }

  async inflict({ kind, server, ms }: Fault, client: number): Promise<boolean> {
    if (kind === 'server killed' || kind === 'server stopped') return this.#trouble(kind, server, ms)
    await Promise.all((this.#roads[client] ?? []).map((road) => disturb(road, kind, ms)))
    return true
  }

  async remains(): Promise<readonly string[]> {
    const counts = await Promise.all(this.#servers.map(async (server) => Number(/^zk_ephemerals_count\s+(\d+)/m.exec(await server.command('mntr'))?.[1])))
    return counts.flatMap((count, index) => (count === 0 ? [] : [`${count} ephemeral nodes on server ${index}`]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#roads.flat().map((road) => road[Symbol.asyncDispose]()))
  }

  #urlOf(places: readonly { readonly endpoint: string }[]): string {
    return `zookeeper://${places.map(({ endpoint }) => endpoint).join(',')}${this.#chroot}?timeout=${timeoutMs}ms`
  }

  async #trouble(kind: 'server killed' | 'server stopped', index: number, ms: number): Promise<boolean> {
    const server = this.#servers[index % this.#servers.length]
    if (!server || this.#troubled.has(server)) return false
    this.#troubled.add(server)
    await (kind === 'server killed' ? server.kill() : server.suspend())
    await delay(ms)
    await (kind === 'server killed' ? server.start() : server.resume())
    this.#troubled.delete(server)
    return true
  }
}

async function disturb(road: FaultProxy, kind: Fault['kind'], ms: number): Promise<void> {
  const { begin, end } = faultsOf(road)[kind] ?? {}
  if (!begin) throw new Error(`No network has the fault '${kind}'`)
  await begin()
  if (!end) return
  await delay(ms)
  await end()
}

type Trouble = () => unknown

/** How each begins and ends. */
const faultsOf = (road: FaultProxy): Partial<Record<Fault['kind'], { readonly begin: Trouble; readonly end?: Trouble }>> => ({
  cut: { begin: () => road.cut() },
  'lost reply': { begin: () => road.dropReplyAfterApply() },
  refused: { begin: () => road.refuse(), end: () => road.accept() },
  slow: { begin: () => road.delay(slowMs), end: () => road.delay(0) },
  partition: { begin: () => road.suspend(), end: () => road.resume() },
  deaf: { begin: () => road.pause('toClient'), end: () => road.resume() },
  mute: { begin: () => road.pause('toServer'), end: () => road.resume() },
  lossy: { begin: () => road.blackhole(), end: () => road.resume() },
})
