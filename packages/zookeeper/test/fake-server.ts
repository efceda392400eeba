import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** What a client asks for in its first frame. */
export interface Hello {
  readonly sessionId: bigint
  readonly timeoutMs: number
}

/** What is said to a client, and what it does then. Without an answer it says nothing. */
export interface Behaviour {
  /** Said to every connection at once, before the client has said anything. */
  readonly greeting?: Buffer | string
  readonly toHello?: (hello: Hello, socket: Socket) => Buffer | undefined
  readonly toRequest?: (xid: number, opcode: number, socket: Socket) => Buffer | undefined
}

/** Something in the place of a ZooKeeper server: for answers that real servers give rarely or never. */
export class FakeServer implements AsyncDisposable {
  connections = 0
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => this.#receive(socket))

  private constructor(private readonly behaviour: Behaviour) {}

  static async start(behaviour: Behaviour): Promise<FakeServer> {
    const fake = new FakeServer(behaviour)
    fake.#server.listen(0, '127.0.0.1')
    await once(fake.#server, 'listening')
    return fake
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #receive(socket: Socket): void {
    this.connections += 1
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    const { greeting, toHello, toRequest } = this.behaviour
    if (greeting !== undefined) socket.write(greeting)
    let rest = Buffer.alloc(0)
    let isHello = true
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const frame = rest.subarray(4, 4 + rest.readInt32BE(0))
        rest = rest.subarray(4 + frame.length)
        const answer = isHello ? toHello?.({ timeoutMs: frame.readInt32BE(12), sessionId: frame.readBigInt64BE(16) }, socket) : toRequest?.(frame.readInt32BE(0), frame.readInt32BE(4), socket)
        isHello = false
        if (answer) socket.write(answer)
      }
    })
  }
}

export function frameOf(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([int(body.length), body])
}

/** The answer to a hello; `timeoutMs` 0 says that the session is over. */
export const welcome = (sessionId: bigint, timeoutMs: number): Buffer => frameOf(int(0), int(timeoutMs), long(sessionId), int(16), Buffer.alloc(16, 1), Buffer.of(0))

/** The answer to a request: all is well, and a path for those that want one. */
export const reply = (xid: number): Buffer => frameOf(int(xid), long(1n), int(0), int(1), Buffer.from('/'))

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}
