import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { Logger } from '@muster/common'

import { limits } from './limits.js'
import { networkOf } from './network.js'

interface Connection {
  readonly socket: Socket
  readonly key: string
  readonly network: Network
  readonly since: number
  readonly answers: Set<ServerResponse>
}

interface Network {
  readonly name: string
  count: number
  /** Those that ask for nothing, the one that has done so for longest first. */
  readonly idle: Set<Connection>
  /** Those that have not asked yet, the first to come first. */
  readonly unasking: Set<Connection>
}

/** Why connections were closed for the sake of others. */
export type ClosedFor = 'room' | 'silent' | 'server_full' | 'address_full'

const told: Readonly<Record<ClosedFor, string>> = {
  room: 'there are too many connections: the longest idle are closed',
  silent: 'there are too many connections that ask for nothing: the longest silent are closed',
  server_full: 'there are too many connections, all in use: new ones are refused',
  address_full: 'there are too many connections of one address, all in use: new ones are refused',
}

/** Between two lines of the log that say the same. */
const quietMs = 60_000

/**
 * The connections of a server, and how many there may be: in all, and from one network. A new one beyond that takes the place of the
 * one that has been idle for longest; it is refused only where none is idle. So a client that asks is served, however many sockets
 * others hold open, and refusing costs an accept and a close. Those that say nothing at all are fewer still: each is memory that its
 * client pays nothing for.
 */
export class Connections {
  readonly most: number
  /** How many, since the server started. */
  readonly closed: Record<ClosedFor, number> = { room: 0, silent: 0, server_full: 0, address_full: 0 }
  readonly #mostOfNetwork: number
  readonly #logger: Logger
  readonly #now: () => number
  readonly #all = new Map<string, Connection>()
  readonly #idle = new Set<Connection>()
  readonly #networks = new Map<string, Network>()
  #toldAt = -Infinity

  /** `now`: a clock that only goes on, ms. */
  constructor(most: number, logger: Logger, now = () => performance.now()) {
    this.most = most
    this.#mostOfNetwork = Math.max(1, Math.floor(most * limits.shareOfAddress))
    this.#logger = logger
    this.#now = now
  }

  /** Watches over a server from now on; before its own request handler is added. */
  guard(server: Server): void {
    server.on('connection', (socket: Socket) => this.#enter(socket))
    server.on('request', ({ socket }, response) => this.#begin(socket, response))
  }

  get count(): { readonly busy: number; readonly idle: number } {
    return { busy: this.#all.size - this.#idle.size, idle: this.#idle.size }
  }

  /** The answers that a connection waits for. */
  answersOn(socket: Socket): readonly ServerResponse[] {
    return [...(this.#all.get(keyOf(socket))?.answers ?? [])]
  }

  #enter(socket: Socket): void {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return // gone already
    const before = this.#all.get(keyOf(socket))
    if (before) this.#leave(before) // it is closed, which is told later: its port is another's already
    const name = networkOf(remoteAddress)
    const network = this.#networks.get(name) ?? { name, count: 0, idle: new Set(), unasking: new Set() }
    const isCrowded = network.count >= this.#mostOfNetwork
    if (isCrowded || this.#all.size >= this.most) {
      const [longestIdle] = isCrowded ? network.idle : this.#idle
      this.#count(longestIdle ? 'room' : isCrowded ? 'address_full' : 'server_full', network)
      if (longestIdle) this.#leave(longestIdle)
      ;(longestIdle?.socket ?? socket).destroy()
      if (!longestIdle) return
    }
    this.#closeSilent(network)
    const connection: Connection = { socket, key: keyOf(socket), network, since: this.#now(), answers: new Set() }
    this.#networks.set(name, network)
    network.count += 1
    network.unasking.add(connection)
    this.#all.set(connection.key, connection)
    this.#rest(connection)
    socket.once('close', () => this.#leave(connection))
  }

  /** Before another comes that may be silent too. */
  #closeSilent(network: Network): void {
    for (const connection of network.unasking) {
      if (network.unasking.size < limits.silentOfAddress || this.#now() - connection.since < limits.silentMs) return
      network.unasking.delete(connection)
      if (connection.socket.bytesRead > 0) continue // it is asking, if slowly
      this.#count('silent', network)
      this.#leave(connection)
      connection.socket.destroy()
    }
  }

  #begin(socket: Socket, response: ServerResponse): void {
    const connection = this.#all.get(keyOf(socket))
    if (!connection) return
    connection.answers.add(response)
    this.#idle.delete(connection)
    connection.network.idle.delete(connection)
    connection.network.unasking.delete(connection)
    response.once('close', () => {
      connection.answers.delete(response)
      if (connection.answers.size === 0 && this.#isHere(connection)) this.#rest(connection)
    })
  }

  #rest(connection: Connection): void {
    this.#idle.add(connection)
    connection.network.idle.add(connection)
  }

  #leave(connection: Connection): void {
    if (!this.#isHere(connection)) return
    const { key, network } = connection
    this.#all.delete(key)
    this.#idle.delete(connection)
    network.idle.delete(connection)
    network.unasking.delete(connection)
    network.count -= 1
    if (network.count === 0) this.#networks.delete(network.name)
  }

  /** Its port may be another connection's by now. */
  #isHere(connection: Connection): boolean {
    return this.#all.get(connection.key) === connection
  }

  #count(why: ClosedFor, { name, count }: Network): void {
    this.closed[why] += 1
    if (this.#now() - this.#toldAt < quietMs) return
    this.#toldAt = this.#now()
    this.#logger.warn({ connections: this.#all.size, most: this.most, address: name, ofAddress: count }, told[why])
  }
}

/** The same for a TLS socket and the one below it. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`
