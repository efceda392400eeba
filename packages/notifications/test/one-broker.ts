import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { rabbitmqSink } from '@muster/notifications'
import type { Notification, RabbitMqOptions, Sink } from '@muster/notifications'
import { makeTlsFiles, startRabbitMq, temporaryFolder } from '@muster/testkit'
import type { OpenChannel, RabbitMqServer, TlsFiles } from '@muster/testkit'

const sample = JSON.parse(readFileSync(new URL('../../samples/service-update.json', import.meta.url), 'utf8')) as Notification

/** As the sample, each with an id of its own, numbered from 1. */
export const notifications = (count: number): Notification[] => Array.from({ length: count }, (_, index) => ({ ...sample, message_id: randomUUID(), seq: index + 1 }))

/** What a listener finds in a message. */
export type Heard = Notification & { readonly _unique_id: string }

export interface OneBroker {
  readonly server: RabbitMqServer
  readonly tls: TlsFiles
  /** A sink with an exchange and a topic of its own, closed after the test. */
  sink(options?: Partial<RabbitMqOptions>): Sink
  /** The exchange and the queue of the last sink. */
  readonly exchange: string
  readonly queue: string
  /** Takes all that is in the queue. */
  take(): Promise<Heard[]>
  /** As the user that may do everything, closed after the test. */
  connect(): Promise<OpenChannel['channel']>
}

export const never: AbortSignal = new AbortController().signal

/** A broker for all tests of a file; it is there as soon as tests run. */
export function oneBroker(): OneBroker {
  const all: { folder?: AsyncDisposable; server?: RabbitMqServer; tls?: TlsFiles; exchange: string; count: number } = { exchange: '', count: 0 }
  let owned: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const folder = await temporaryFolder()
    all.folder = folder
    all.tls = await makeTlsFiles(folder.path)
    all.server = await startRabbitMq({ tls: all.tls })
  }, 150_000)
  afterEach(async () => {
    await Promise.all(owned.map((close) => close()))
    owned = []
  })
  afterAll(async () => {
    await all.server?.[Symbol.asyncDispose]()
    await all.folder?.[Symbol.asyncDispose]()
  })
  const broker: OneBroker = {
    get server() {
      if (!all.server) throw new Error('There is no broker before the tests')
      return all.server
    },
    get tls() {
      if (!all.tls) throw new Error('There are no certificates before the tests')
      return all.tls
    },
    get exchange() {
      return all.exchange
    },
    get queue() {
      return `${all.exchange}.info`
    },
    sink(options = {}) {
      all.exchange = options.exchange ?? `told-${++all.count}`
      const sink = rabbitmqSink({ url: broker.server.url, topic: all.exchange, timeoutMs: 20_000, ...options, exchange: all.exchange })
      owned.push(() => sink.close())
      return sink
    },
    async connect() {
      const opened = await broker.server.connect()
      owned.push(async () => await opened[Symbol.asyncDispose]())
      return opened.channel
    },
    async take() {
      const channel = await broker.connect()
      const heard: Heard[] = []
      for (;;) {
        const message = await channel.get(broker.queue, { noAck: true })
        if (!message) return heard
        heard.push(JSON.parse((JSON.parse(message.content.toString()) as Record<string, string>)['oslo.message'] ?? '') as Heard)
      }
    },
  }
  return broker
}
