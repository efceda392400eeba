import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

import { eventually } from '../../eventually.js'

/** A TCP server of a test; `heard` is all it was told, over all connections. */
export class Peer implements AsyncDisposable {
  heard = ''
  connections = 0
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => {
    this.connections++
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined)
    socket.on('data', (chunk) => {
      this.heard += chunk.toString('latin1')
      this.#answer(socket, chunk)
    })
  })
  readonly #answer: (socket: Socket, chunk: Buffer) => void

  private constructor(answer: (socket: Socket, chunk: Buffer) => void) {
    this.#answer = answer
  }

  static async start(answer: (socket: Socket, chunk: Buffer) => void = (socket, chunk) => socket.write(chunk)): Promise<Peer> {
    const peer = new Peer(answer)
    peer.#server.listen(0, '127.0.0.1')
    await once(peer.#server, 'listening')
    return peer
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** A client of a test, connected when made; `heard` is all it was told. */
export class Caller implements Disposable {
  heard: Buffer = Buffer.alloc(0)
  isClosed = false
  readonly #socket: Socket

  private constructor(endpoint: string) {
    const [host, port] = endpoint.split(':')
    this.#socket = connect({ host: host ?? '', port: Number(port) })
    this.#socket.on('data', (chunk) => (this.heard = Buffer.concat([this.heard, chunk])))
    this.#socket.on('close', () => (this.isClosed = true)).on('error', () => undefined)
  }

  static async connect(endpoint: string): Promise<Caller> {
    const caller = new Caller(endpoint)
    await once(caller.#socket, 'connect')
    return caller
  }

  say(bytes: string | Buffer): void {
    this.#socket.write(bytes)
  }

  /** Says no more, and still listens. */
  hangUp(): void {
    this.#socket.end()
  }

  /** Resolves when it has heard at least so much; the text of it all. */
  async hears(length: number): Promise<string> {
    await eventually(() => {
      if (this.heard.length < length) throw new Error(`${this.heard.length} bytes of ${length}: ${JSON.stringify(this.heard.toString('latin1'))}`)
    })
    return this.heard.toString('latin1')
  }

  async closes(): Promise<void> {
    await eventually(() => {
      if (!this.isClosed) throw new Error('the connection is open')
    })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}
