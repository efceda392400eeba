import { Closed, InvalidArgument, longestTimerMs } from '@muster/common'

import type { Notification } from '../../notification/notification.js'
import type { Sink } from '../sink.js'
import { BrokerConnection } from './broker-connection.js'
import type { Destination } from './broker-connection.js'
import { osloProperties, toOsloMessage } from './oslo-message.js'
import { parseBrokerUrl } from './rabbitmq-options.js'
import type { BrokerAccess, RabbitMqOptions } from './rabbitmq-options.js'

/**
 * Tells notifications to a RabbitMQ as Nova does through oslo.messaging, so that its listeners read them as Nova's. What was told is confirmed by the
 * broker. Connects at the first `send`, and after a failure at the next. @throws InvalidArgument for what cannot be meant
 */
export function rabbitmqSink(options: RabbitMqOptions): Sink {
  return new RabbitMqSink(options)
}

class RabbitMqSink implements Sink {
  readonly name: string
  readonly #access: BrokerAccess
  readonly #destination: Destination
  readonly #timeoutMs: number
  #connection: BrokerConnection | undefined
  /** Dials so far: each goes to the next broker. */
  #dials = 0
  #isClosed = false

  constructor({ url, name = 'rabbitmq', timeoutMs = 10_000, ...given }: RabbitMqOptions) {
    if (!(timeoutMs >= 1 && timeoutMs <= longestTimerMs)) throw new InvalidArgument('timeoutMs', `timeoutMs: ${timeoutMs} is out of range`, { hint: `Give 1 to ${longestTimerMs}.` })
    this.name = name
    this.#access = parseBrokerUrl(url)
    const { destination } = this.#access
    const exchange = given.exchange ?? destination.exchange ?? 'nova'
    const topic = given.topic ?? destination.topic ?? 'versioned_notifications'
    const durable = given.durable ?? destination.durable ?? false
    const declareQueue = given.declareQueue ?? destination.declareQueue ?? true
    this.#destination = { exchange: nameOf('exchange', exchange), routingKey: `${nameOf('topic', topic)}.info`, durable, declareQueue }
    this.#timeoutMs = timeoutMs
  }

  async send(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    const messages = notifications.map(toOsloMessage)
    const isNew = this.#connection === undefined || this.#connection.isOver
    const connection = await this.#connect(signal)
    // A broker that takes nothing may yet do what it was sent, long after it was given up: the first one is sent alone, so that little is told twice.
    if (isNew && messages.length > 1) await connection.publish(messages.splice(0, 1), osloProperties, signal)
    await connection.publish(messages, osloProperties, signal)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#connection?.close()
  }

  async #connect(signal: AbortSignal): Promise<BrokerConnection> {
    if (this.#isClosed) throw new Closed('The RabbitMQ sink')
    if (this.#connection && !this.#connection.isOver) return this.#connection
    const { brokers } = this.#access
    const broker = brokers[this.#dials++ % brokers.length] as (typeof brokers)[number]
    this.#connection = await BrokerConnection.open(this.#access, broker, this.#destination, this.#timeoutMs, signal)
    return this.#connection
  }
}

/** AMQP's short strings; names that begin with `amq.` are the broker's own. */
function nameOf(option: string, name: string): string {
  if (name !== '' && Buffer.byteLength(name) <= 200 && !name.startsWith('amq.')) return name
  throw new InvalidArgument(option, `${option}: ${JSON.stringify(name)} cannot be used`, { hint: 'Give 1 to 200 bytes that do not begin with amq.' })
}
