import { readFile } from 'node:fs/promises'

import { BackendUnreachable, InvalidArgument, messageOf, NotSupported, onAbort, OperationTimedOut, OutcomeUnknown } from '@muster/common'
import type * as amqplib from 'amqplib'
import type { ChannelModel, ConfirmChannel } from 'amqplib'

import { translateRefusal, translateConnectError } from './rabbitmq-errors.js'
import type { Broker, BrokerAccess } from './rabbitmq-options.js'

/** Where messages go, and what of it is made. */
export interface Destination {
  readonly exchange: string
  readonly routingKey: string
  readonly durable: boolean
  readonly declareQueue: boolean
}

/** How long a broker may take to say goodbye. */
const farewellMs = 1000

async function loadLibrary(): Promise<typeof amqplib> {
  try {
    return ((await import('amqplib')) as unknown as { default: typeof amqplib }).default
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new NotSupported('Telling a RabbitMQ needs the package amqplib', { cause, hint: 'npm install amqplib@2.3.1' })
  }
}

/** One connection to a broker, from dial to end, with the channel that all is published on. Nothing of it survives into the next. */
export class BrokerConnection {
  readonly #shown: string
  readonly #destination: Destination
  readonly #timeoutMs: number
  /** Ends the socket, whatever amqplib waits for. */
  readonly #cut = new AbortController()
  #model: ChannelModel | undefined
  #channel: ConfirmChannel | undefined
  /** Why it is over; amqplib tells it by events only. */
  #failure: unknown
  #isOver = false
  /** Why the broker takes nothing at the moment, in its words. */
  #blocked: string | undefined
  #returned = 0
  #refused = 0

  private constructor(shown: string, destination: Destination, timeoutMs: number) {
    this.#shown = shown
    this.#destination = destination
    this.#timeoutMs = timeoutMs
  }

  /** Resolves when the exchange is there, and the queue if one is to be. @throws NotSupported, NotAllowed, InvalidArgument, BackendUnreachable, OperationTimedOut */
  static async open(access: BrokerAccess, broker: Broker, destination: Destination, timeoutMs: number, signal: AbortSignal): Promise<BrokerConnection> {
    const connection = new BrokerConnection(access.shown, destination, timeoutMs)
    await connection.#within(`Connecting to ${access.shown}`, signal, () => connection.#begin(access, broker))
    return connection
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * Resolves when the broker has confirmed all: it has put them into queues, on disk where they are durable. When it rejects, the connection is over.
   * @throws OutcomeUnknown, OperationTimedOut, NotAllowed, BackendUnreachable when the broker takes nothing or no queue a message
   */
  async publish(messages: readonly Buffer[], properties: object, signal: AbortSignal): Promise<void> {
    await this.#within(`Telling ${messages.length} notifications to ${this.#shown}`, signal, async () => {
      try {
        await this.#publish(messages, properties)
      } catch (error) {
        if (this.#refused > 0) throw new BackendUnreachable(this.#shown, 'it has refused to take messages', { cause: error, hint: 'A queue is at the length it may have, or the broker that holds it is away.' })
        const cause = this.#failure ?? error
        throw translateRefusal(cause, this.#shown) ?? new OutcomeUnknown(`telling ${messages.length} notifications to ${this.#shown}`, messageOf(cause), { cause })
      }
      if (this.#returned > 0) {
        throw new BackendUnreachable(this.#shown, `no queue takes ${this.#destination.routingKey} from the exchange ${this.#destination.exchange}`, {
          hint: 'It is told again when a listener has made its queue; with declare_queue there is always one.',
        })
      }
    })
  }

  /** Resolves when the socket is closed; the broker has a second to agree. */
  async close(): Promise<void> {
    if (!this.#isOver) await this.#within('Closing', AbortSignal.timeout(farewellMs), async () => await this.#model?.close()).catch(() => undefined)
    this.#end()
  }

  async #begin({ protocol, username, password, vhost, heartbeatSeconds, tls, shown }: BrokerAccess, { hostname, port }: Broker): Promise<void> {
    const library = await loadLibrary()
    const files = await Promise.all(Object.entries(tls).map(async ([field, path]) => [field, await readTls(path)] as const))
    const socket = { ...Object.fromEntries(files), noDelay: true, signal: this.#cut.signal, clientProperties: { connection_name: 'muster notifications' } }
    try {
      this.#model = await library.connect({ protocol, hostname, port, username, password, vhost, heartbeat: heartbeatSeconds }, socket)
    } catch (error) {
      throw translateConnectError(error, shown)
    }
    this.#model.on('error', (error) => this.#note(error))
    this.#model.on('close', (error) => this.#note(error))
    this.#model.on('blocked', (reason) => (this.#blocked = reason))
    this.#model.on('unblocked', () => (this.#blocked = undefined))
    try {
      this.#channel = await this.#openChannel(this.#model)
    } catch (error) {
      const cause = this.#failure ?? error
      throw translateRefusal(cause, shown) ?? new BackendUnreachable(shown, messageOf(cause), { cause })
    }
  }

  async #openChannel(model: ChannelModel): Promise<ConfirmChannel> {
    const { exchange, routingKey, durable, declareQueue } = this.#destination
    const channel = await model.createConfirmChannel()
    channel.on('error', (error) => this.#note(error))
    channel.on('close', () => (this.#isOver = true))
    channel.on('return', () => (this.#returned += 1))
    channel.on('nack', () => (this.#refused += 1))
    await channel.assertExchange(exchange, 'topic', { durable, autoDelete: false })
    if (declareQueue) {
      await channel.assertQueue(routingKey, { durable, autoDelete: false, exclusive: false })
      await channel.bindQueue(routingKey, exchange, routingKey)
    }
    return channel
  }

  /** A batch is small enough for the buffers: `drain` need not be waited for. */
  async #publish(messages: readonly Buffer[], properties: object): Promise<void> {
    const channel = this.#channel as ConfirmChannel
    for (const message of messages) channel.publish(this.#destination.exchange, this.#destination.routingKey, message, { ...properties, mandatory: true })
    await channel.waitForConfirms()
  }

  /** The first failure is the cause of those after it. */
  #note(error: unknown): void {
    this.#failure ??= error
    this.#isOver = true
  }

  #end(): void {
    this.#isOver = true
    this.#cut.abort()
  }

  /** Whatever makes a step fail ends the connection: what the broker has of it is not known. */
  async #within(what: string, signal: AbortSignal, step: () => Promise<void>): Promise<void> {
    let stop = (): void => {}
    const ended = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(this.#late(what)), this.#timeoutMs)
      const stopListening = onAbort(signal, () => reject(signal.reason as Error))
      stop = () => {
        clearTimeout(timer)
        stopListening()
      }
    })
    try {
      signal.throwIfAborted()
      const going = step()
      going.catch(() => undefined) // of one that is given up
      await Promise.race([going, ended])
    } catch (error) {
      this.#end()
      throw error
    } finally {
      stop()
    }
  }

  #late(what: string): OperationTimedOut | BackendUnreachable {
    if (this.#blocked === undefined) return new OperationTimedOut(what, this.#timeoutMs)
    return new BackendUnreachable(this.#shown, `it takes no messages: ${this.#blocked}`, { hint: 'rabbitmqctl list_alarms or rabbitmq-diagnostics alarms says why; it goes on by itself when there is memory and disk again.' })
  }
}

async function readTls(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new InvalidArgument('url', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { cause })
  }
}
