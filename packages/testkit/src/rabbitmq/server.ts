import { messageOf } from '@muster/common'
import amqplib from 'amqplib'
import type { Channel, ChannelModel } from 'amqplib'

import { RunningServer, started } from '../running-server.js'
import type { Look } from '../running-server.js'
import { within } from '../within.js'
import { admin } from './configuration.js'
import type { RabbitMqOptions } from './configuration.js'
import { findProvider } from './locate.js'
import { createProgramsRuntime } from './programs-runtime.js'
import type { RabbitMqRuntime } from './programs-runtime.js'

/** A real RabbitMQ, made by `startRabbitMq`. `await using` ends it and removes its data. */
export interface RabbitMqServer extends AsyncDisposable {
  /** host:port, the same after a restart. */
  readonly endpoint: string
  /** host:port with TLS, when `tls` was given. */
  readonly secureEndpoint?: string
  /** What it logs, over all its runs. */
  readonly logFile: string
  /** Of the user that may do everything, `guest`, on the vhost `/`. */
  readonly url: string
  /** A channel of that user on a connection of its own, which `await using` closes. */
  connect(): Promise<OpenChannel>
  /** Runs `rabbitmqctl` with these words; some seconds. */
  control(...words: string[]): Promise<void>
  /** Ends it with SIGKILL, suspended or not. Resolves when it is gone. */
  kill(): Promise<void>
  /** Ends it with SIGTERM. Resolves when it is gone. */
  stop(): Promise<void>
  /** Starts it again, on its port and its data. Resolves when it serves. */
  start(): Promise<void>
  /** SIGSTOP: connections stay, it says nothing. Resolves when it is so. */
  suspend(): Promise<void>
  /** SIGCONT. */
  resume(): Promise<void>
}

export interface OpenChannel extends AsyncDisposable {
  readonly channel: Channel
}

const connectTimeoutMs = 5000

/** Starts a broker of its own on free ports of 127.0.0.1. Resolves when it serves: some ten seconds. */
export async function startRabbitMq(options: RabbitMqOptions = {}): Promise<RabbitMqServer> {
  const provider = await findProvider()
  // testcontainers takes most of a second to load: only where it is needed.
  const runtime = provider.kind === 'programs' ? await createProgramsRuntime(provider, options) : await (await import('./docker-runtime.js')).createDockerRuntime(provider, options)
  return started(new RunningRabbitMq(runtime))
}

class RunningRabbitMq extends RunningServer<RabbitMqRuntime> implements RabbitMqServer {
  protected readonly name = 'RabbitMQ'
  protected readonly startTimeoutMs = 120_000
  protected readonly lookEveryMs = 50
  readonly url: string

  constructor(runtime: RabbitMqRuntime) {
    super(runtime)
    this.url = `amqp://${admin.username}:${admin.password}@${runtime.endpoint}/`
  }

  async connect(): Promise<OpenChannel> {
    const cut = new AbortController()
    try {
      return await within(openChannel(this.url, cut), connectTimeoutMs, `connecting to the RabbitMQ of ${this.endpoint}`)
    } catch (error) {
      cut.abort()
      throw error
    }
  }

  protected beginLooking(): Look {
    return () => this.connect().then(async (opened) => await opened[Symbol.asyncDispose](), messageOf) as Promise<string | undefined>
  }

  async control(...words: string[]): Promise<void> {
    await this.runtime.control(words)
  }
}

async function openChannel(url: string, cut: AbortController): Promise<OpenChannel> {
  const model: ChannelModel = await amqplib.connect(url, { signal: cut.signal } as object)
  model.on('error', () => undefined) // of a broker that is ended; a call that fails rejects
  const channel = await model.createChannel()
  channel.on('error', () => undefined)
  return {
    channel,
    async [Symbol.asyncDispose]() {
      await within(model.close(), connectTimeoutMs, 'closing').catch(() => undefined) // it may be over already
      cut.abort()
    },
  }
}
