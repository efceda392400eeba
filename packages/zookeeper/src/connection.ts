import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

import { OutcomeUnknown, TooLarge } from '@muster/common'

import { ProtocolError, Reader, Writer } from './codec.js'
import { Fifo } from './fifo.js'
import { FrameReader } from './frames.js'
import { opcode } from './operations.js'
import { tlsOptions } from './options.js'
import type { Settings } from './options.js'
import type { Request } from './request.js'
import { formatServer } from './servers.js'
import type { ServerAddress } from './servers.js'
import { records, toBytes } from './stock.js'
import { eventType } from './watches.js'
import type { WatchEvent } from './watches.js'

/** The session that a connection asks for; an id of 0n asks for a new one. */
export interface Hello {
  readonly sessionId: bigint
  readonly password: Buffer
  readonly timeoutMs: number
  /** A server that has seen less refuses. */
  readonly lastZxid: bigint
  /** Said in the same breath: the session is only taken up to be ended, also by a server whose answers do not arrive. */
  readonly farewell?: Request<void> | undefined
}

/** The server's answer; a timeout of 0 means that the session asked for is over. */
export interface Welcome {
  readonly sessionId: bigint
  readonly password: Buffer
  readonly timeoutMs: number
  /** `performance.now()` when the Hello was sent: from then on the server counts. */
  readonly askedAt: number
}

/** Is told, in the order of the wire, what a connection hears. */
export interface Ears {
  onEvent(type: WatchEvent['type'], path: string): void
  /** A request sent at this moment was answered. */
  onAnswer(sentAt: number, zxid: bigint): void
}

const xids = { event: -1, ping: -2, auth: -4, setWatches: -8 } as const
const fixedXids: Readonly<Record<number, number>> = { [opcode.auth]: xids.auth, [opcode.setWatches2]: xids.setWatches }
const largestXid = 0x7fff_ffff
const welcomeBytes = 1024
const flushBytes = 32 * 1024
/** Servers cut a connection that sends more (jute.maxbuffer, less what they add of their own). */
const maxRequestBytes = 1024 * 1024 - 1024
/**
 * Where all connections of the process receive: what has come is read before anything else can come. A buffer for each read,
 * as sockets have it by default, is half of the cost of an event.
 */
const received = Buffer.allocUnsafeSlow(256 * 1024)

/** One connection to one server, from its dial to its end. Nothing of it survives into the next one. */
export class Connection {
  readonly server: string
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly ended: Promise<Error>
  lastSentAt = 0
  pingSentAt = 0
  #end: (reason: Error) => void = () => {}
  readonly #socket: Socket
  readonly #frames: FrameReader
  readonly #inFlight = new Fifo<Request>()
  readonly #maxFrameBytes: number
  #inFlightBytes = 0
  #writer = new Writer()
  #flushing = false
  #xid: number
  #isOver = false
  #onWelcome: ((frame: Buffer) => void) | undefined

  private constructor(
    { host, port }: ServerAddress,
    settings: Settings,
    private readonly ears: Ears,
  ) {
    this.server = formatServer({ host, port })
    this.ended = new Promise((resolve) => (this.#end = resolve))
    this.#maxFrameBytes = settings.maxFrameBytes
    this.#xid = settings.firstXid - 1
    this.#frames = new FrameReader(welcomeBytes, {
      onFrame: (frame) => this.#onFrame(frame),
      onOversize: (header, length) => this.#onOversize(header, length),
    })
    const { tls } = settings
    const target = { host, port, onread: { buffer: received, callback: (bytes: number) => this.#onData(bytes) } }
    this.#socket = tls ? connectTls({ ...(isIP(host) ? {} : { servername: host }), ...tlsOptions(tls), ...target }) : connect(target)
    this.#socket.setNoDelay(true)
    this.#socket.unref()
    this.#socket.once('error', (error) => this.destroy(error))
    this.#socket.once('close', () => this.destroy(new Error('the server closed the connection')))
  }

  /**
   * Dials, says hello and resolves with the welcome. The names of hosts are looked up anew each time.
   * @throws an Error that says why not, at the latest after `timeoutMs`
   */
  static async open(server: ServerAddress, settings: Settings, hello: Hello, ears: Ears, timeoutMs: number, signal: AbortSignal): Promise<{ connection: Connection; welcome: Welcome }> {
    const connection = new Connection(server, settings, ears)
    const deadline = setTimeout(() => connection.destroy(new Error(`no answer from ${connection.server} within ${Math.round(timeoutMs)} ms`)), timeoutMs).unref()
    const giveUp = (): void => connection.destroy(new Error('closed'))
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return { connection, welcome: await connection.#greet(hello, settings.tls !== undefined) }
    } catch (error) {
      connection.destroy(error instanceof Error ? error : new Error(String(error)))
      throw error
    } finally {
      clearTimeout(deadline)
      signal.removeEventListener('abort', giveUp)
    }
  }

  isOver(): boolean {
    return this.#isOver
  }

  get inFlight(): number {
    return this.#inFlight.length
  }

  /** When the oldest question was sent that is still open; Infinity when there is none. */
  get unansweredSince(): number {
    return Math.min(this.pingSentAt === 0 ? Infinity : this.pingSentAt, this.#inFlight.peek()?.sentAt ?? Infinity)
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  /** Sends now, with whatever else is sent in this turn of the event loop. A request too large for any server fails here. */
  send(request: Request): void {
    const xid = fixedXids[request.operation.opcode] ?? this.#nextXid()
    const start = this.#writer.length
    this.#writer.int(0)
    this.#writer.int(xid)
    this.#writer.int(request.operation.opcode)
    try {
      request.operation.write(this.#writer)
    } catch (error) {
      this.#writer.truncate(start)
      request.fail(error)
      return
    }
    const bytes = this.#writer.length - start
    if (bytes > maxRequestBytes) {
      this.#writer.truncate(start)
      request.fail(new TooLarge(request.operation.text, bytes, maxRequestBytes))
      return
    }
    this.#writer.intAt(bytes - 4, start)
    request.xid = xid
    request.bytes = bytes
    request.sentAt = this.lastSentAt = performance.now()
    this.#inFlight.push(request)
    this.#inFlightBytes += bytes
    this.#flushSoon()
  }

  /** Asks the server for a sign of life, unless the last such question is still open. */
  ping(): void {
    if (this.pingSentAt !== 0) return
    this.pingSentAt = this.lastSentAt = performance.now()
    this.#writer.int(8)
    this.#writer.int(xids.ping)
    this.#writer.int(opcode.ping)
    this.#flushSoon()
  }

  destroy(reason: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#socket.destroy()
    this.#socket.on('error', () => {}) // what a socket says after its end is of no interest
    this.#end(reason)
  }

  /** The requests that were sent and not answered, once the connection is over. */
  takeUnanswered(): Request[] {
    this.#inFlightBytes = 0
    return this.#inFlight.drain()
  }

  async #greet(hello: Hello, isTls: boolean): Promise<Welcome> {
    await this.#unlessOver(new Promise<void>((resolve) => this.#socket.once(isTls ? 'secureConnect' : 'connect', () => resolve())))
    const answered = new Promise<Buffer>((resolve) => (this.#onWelcome = resolve))
    const zxid = Buffer.alloc(8)
    zxid.writeBigInt64BE(hello.lastZxid)
    const sessionId = Buffer.alloc(8)
    sessionId.writeBigInt64BE(hello.sessionId)
    const mayBeReadOnly = Buffer.of(0) // servers since 3.4 ask; the stock record ends before it
    this.#writer.bytes(Buffer.concat([toBytes(new records.protocol.ConnectRequest(0, zxid, hello.timeoutMs, sessionId, hello.password)), mayBeReadOnly]))
    const askedAt = (this.lastSentAt = performance.now())
    if (hello.farewell) this.send(hello.farewell)
    this.#flush()
    const reader = new Reader().over(await this.#unlessOver(answered))
    reader.int() // the version of the protocol, 0 ever since
    const timeoutMs = Math.max(0, reader.int())
    return { timeoutMs, sessionId: reader.long(), password: Buffer.from(reader.bytes()), askedAt }
  }

  async #unlessOver<T>(step: Promise<T>): Promise<T> {
    return Promise.race([step, this.ended.then((reason) => Promise.reject(reason))])
  }

  /** True: more may come. */
  #onData(bytes: number): true {
    try {
      this.#frames.push(received, bytes)
    } catch (error) {
      this.destroy(error instanceof Error ? error : new ProtocolError(String(error)))
    }
    return true
  }

  #welcomed(frame: Buffer): void {
    this.#onWelcome?.(frame)
    this.#onWelcome = undefined
    this.#frames.maxBytes = this.#maxFrameBytes
  }

  #onFrame(reader: Reader): void {
    if (this.#isOver) return
    if (this.#onWelcome) {
      this.#welcomed(reader.rest())
      return
    }
    const xid = reader.int()
    const zxid = reader.long()
    const error = reader.int()
    if (xid === xids.event) {
      const type = eventType(reader.int())
      reader.int() // the state of the session, which the connection knows better
      if (type !== undefined) this.ears.onEvent(type, reader.text())
    } else if (xid === xids.ping) {
      this.ears.onAnswer(this.pingSentAt, zxid)
      this.pingSentAt = 0
    } else {
      const request = this.#due(xid)
      request.answer(error, zxid, reader)
      this.#answered(request, zxid)
    }
  }

  /** The request that must be answered next. */
  #due(xid: number): Request {
    const request = this.#inFlight.peek()
    if (request === undefined || request.xid !== xid) throw new ProtocolError(`an answer numbered ${xid} where ${request ? String(request.xid) : 'none'} was due`)
    return request
  }

  /** Only now: one whose answer could not be read ends with the connection. */
  #answered(request: Request, zxid: bigint): void {
    this.#inFlight.shift()
    this.#inFlightBytes -= request.bytes
    this.ears.onAnswer(request.sentAt, zxid)
  }

  #onOversize(header: Reader, length: number): void {
    if (this.#onWelcome !== undefined) throw new ProtocolError(`a welcome of ${length} bytes`)
    const request = this.#due(header.int())
    const { text, changes } = request.operation
    const tooLarge = new TooLarge(`The answer to ${text}`, length, this.#maxFrameBytes)
    request.fail(changes ? new OutcomeUnknown(text, 'its answer is too large to be read', { cause: tooLarge }) : tooLarge)
    this.#answered(request, header.long())
  }

  #nextXid(): number {
    this.#xid = this.#xid === largestXid ? 1 : this.#xid + 1
    return this.#xid
  }

  /** What is sent in one turn goes in one packet; a lot of it begins at once, so that the server can. */
  #flushSoon(): void {
    if (this.#writer.length >= flushBytes) {
      this.#flush()
      return
    }
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (!this.#isOver && this.#writer.length > 0) this.#socket.write(this.#writer.take())
  }
}
