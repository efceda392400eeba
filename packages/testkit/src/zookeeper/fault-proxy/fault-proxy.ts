import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'

import { stablePort } from '../../stable-port.js'
import { Connection } from './connection.js'
import type { Direction, Network } from './connection.js'
import type { Road } from './lane.js'
import { ByteTrap, Happening, ReplyTrap } from './traps.js'
import type { ArmedTrap, ReplyTrapOptions, Trap } from './traps.js'

/**
 * A TCP proxy in front of a server, with faults to switch on; made by `startFaultProxy`. Conditions last until they are changed.
 * Traps happen once. It follows ZooKeeper's frames, and lets another protocol, TLS for one,
 * pass as bytes, on which traps for replies do not act; it needs four bytes to tell.
 */
export interface FaultProxy extends AsyncDisposable {
  /** host:port for clients, on 127.0.0.1. */
  readonly endpoint: string
  /** How many connections of clients are open now. */
  readonly connections: number
  /** How many it has ever accepted. */
  readonly accepted: number
  /** Bytes it has delivered. */
  readonly bytes: Readonly<Record<Direction, number>>
  /** Sends new connections to another server. */
  setTarget(target: string): void

  /** Condition: a silent partition. Nothing is delivered, nothing is lost. Clients can still connect, and get no answer. */
  suspend(): void
  /** Condition: the same for one direction. */
  pause(direction: Direction): void
  /** Condition: what is said in this direction, or in both, is lost. The connections that lose something are cut by `resume`. */
  blackhole(direction?: Direction): void
  /** Condition: new connections are accepted and nothing is ever said on them. */
  silence(): void
  /** Ends suspend, pause, blackhole and silence. */
  resume(): void
  /** Condition: what is said arrives `ms` later, in this direction or in each. 0 ends it. */
  delay(ms: number, direction?: Direction): void

  /** Breaks all connections. New ones are welcome. */
  cut(): void
  /** Breaks all connections and refuses new ones, as a server that is down does. Resolves when it is so. */
  refuse(): Promise<void>
  /** Ends `refuse`, on the same port. Resolves when it is so. */
  accept(): Promise<void>

  /** Trap: breaks the connection that gets the n-th byte to a client from now on, right after that byte. */
  cutAfter(bytes: number): Trap
  /** Trap: breaks the connection after `bytes` of the reply to the next request. A reply that is not longer passes; the one to a later request is meant then. */
  cutReply(bytes: number, options?: ReplyTrapOptions): Trap
  /** Trap: the server gets and applies the next request, the client gets no reply but a broken connection. */
  dropReplyAfterApply(options?: ReplyTrapOptions): Trap
  /** Trap: the next client that connects gets these bytes at once, and nothing from the server. */
  garbage(bytes: Uint8Array | string): Trap
}

/** Starts a proxy on a free port of 127.0.0.1 in front of `target`, host:port. It owns its connections. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const proxy = new RunningProxy(await stablePort(), target)
  await proxy.accept()
  return proxy
}

const host = '127.0.0.1'
const newRoad = (): Road => ({ flow: 'pass', delayMs: 0, bytes: 0 })

class RunningProxy implements FaultProxy {
  readonly endpoint: string
  accepted = 0
  readonly #port: number
  readonly #roads = { toServer: newRoad(), toClient: newRoad() }
  readonly #traps = new Set<ArmedTrap>()
  readonly #network: Network = { roads: this.#roads, traps: this.#traps }
  readonly #connections = new Set<Connection>()
  readonly #deaf = new Set<Socket>()
  readonly #garbage: { readonly bytes: Uint8Array | string; readonly sent: Happening }[] = []
  #isSilent = false
  #target: { readonly host: string; readonly port: number }
  #server: Server | undefined

  constructor(port: number, target: string) {
    this.endpoint = `${host}:${port}`
    this.#port = port
    this.#target = parse(target)
  }

  get connections(): number {
    return this.#connections.size + this.#deaf.size
  }

  get bytes(): Readonly<Record<Direction, number>> {
    return { toServer: this.#roads.toServer.bytes, toClient: this.#roads.toClient.bytes }
  }

  setTarget(target: string): void {
    this.#target = parse(target)
  }

  suspend(): void {
    this.#change({ flow: 'hold' })
  }

  pause(direction: Direction): void {
    this.#change({ flow: 'hold' }, direction)
  }

  blackhole(direction?: Direction): void {
    this.#change({ flow: 'drop' }, direction)
  }

  silence(): void {
    this.#isSilent = true
  }

  resume(): void {
    this.#isSilent = false
    for (const client of this.#deaf) client.destroy()
    for (const connection of this.#connections) connection.endIfDamaged()
    this.#change({ flow: 'pass' })
  }

  delay(ms: number, direction?: Direction): void {
    this.#change({ delayMs: ms }, direction)
  }

  cut(): void {
    for (const connection of [...this.#connections, ...this.#deaf]) connection.destroy()
  }

  async refuse(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    server.close()
    this.cut()
    await once(server, 'close')
  }

  async accept(): Promise<void> {
    if (this.#server !== undefined) return
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => this.#receive(client))
    this.#server.listen({ port: this.#port, host, backlog: 4096 })
    await once(this.#server, 'listening')
  }

  cutAfter(bytes: number): Trap {
    return this.#arm(new ByteTrap(bytes))
  }

  cutReply(bytes: number, options: ReplyTrapOptions = {}): Trap {
    return this.#arm(new ReplyTrap(bytes, options))
  }

  dropReplyAfterApply(options: ReplyTrapOptions = {}): Trap {
    return this.#arm(new ReplyTrap(0, options))
  }

  garbage(bytes: Uint8Array | string): Trap {
    const sent = new Happening()
    this.#garbage.push({ bytes, sent })
    return sent
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse()
  }

  #arm(trap: ArmedTrap): Trap {
    this.#traps.add(trap)
    void trap.happened.then(() => this.#traps.delete(trap))
    return trap
  }

  #change(change: Partial<Road>, direction?: Direction): void {
    for (const road of direction === undefined ? Object.values(this.#roads) : [this.#roads[direction]]) Object.assign(road, change)
    for (const connection of this.#connections) connection.update()
  }

  #receive(client: Socket): void {
    this.accepted++
    const garbage = this.#garbage.shift()
    if (garbage !== undefined || this.#isSilent) {
      this.#keepDeaf(client)
      if (garbage !== undefined) client.write(garbage.bytes, () => garbage.sent.happen())
    } else {
      const connection = new Connection(this.#network, client, this.#target, () => this.#connections.delete(connection))
      this.#connections.add(connection)
    }
  }

  /** Hears a client out and tells nobody. */
  #keepDeaf(client: Socket): void {
    this.#deaf.add(client)
    client.on('close', () => this.#deaf.delete(client))
    client.on('error', () => client.destroy())
    client.on('end', () => client.end())
    client.resume()
  }
}

function parse(endpoint: string): { host: string; port: number } {
  const colon = endpoint.lastIndexOf(':')
  return { host: endpoint.slice(0, colon), port: Number(endpoint.slice(colon + 1)) }
}
