import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@muster/common'
import amqplib from 'amqplib'
import type { Channel, ChannelModel } from 'amqplib'

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

const startTimeoutMs = 120_000
const connectTimeoutMs = 5000

/** Starts a broker of its own on free ports of 127.0.0.1. Resolves when it serves: some ten seconds. */
export async function startRabbitMq(options: RabbitMqOptions = {}): Promise<RabbitMqServer> {
  const provider = await findProvider()
  // testcontainers takes most of a second to load: only where it is needed.
  const runtime = provider.kind === 'programs' ? await createProgramsRuntime(provider, options) : await (await import('./docker-runtime.js')).createDockerRuntime(provider, options)
  const server = new RunningServer(runtime)
  try {
    await server.start()
    return server
  } catch (error) {
    await runtime.dispose()
    throw error
  }
}

class RunningServer implements RabbitMqServer {
  readonly endpoint: string
  readonly secureEndpoint?: string
  readonly logFile: string
  readonly url: string
  readonly #runtime: RabbitMqRuntime

  constructor(runtime: RabbitMqRuntime) {
    this.endpoint = runtime.endpoint
    if (runtime.secureEndpoint !== undefined) this.secureEndpoint = runtime.secureEndpoint
    this.logFile = runtime.logFile
    this.url = `amqp://${admin.username}:${admin.password}@${runtime.endpoint}/`
    this.#runtime = runtime
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

  async start(): Promise<void> {
    if (await this.#runtime.isRunning()) throw new Error(`The RabbitMQ of ${this.endpoint} runs already`)
    await this.#runtime.launch()
    const deadline = performance.now() + startTimeoutMs
    for (;;) {
      const failure = await this.connect().then(async (opened) => await opened[Symbol.asyncDispose](), messageOf)
      if (failure === undefined) return
      if (!(await this.#runtime.isRunning())) throw new Error(`The RabbitMQ of ${this.endpoint} ended at its start: ${await this.#logEnd()}`)
      if (performance.now() > deadline) throw new Error(`The RabbitMQ of ${this.endpoint} does not serve after ${startTimeoutMs} ms (${failure}): ${await this.#logEnd()}`)
      await delay(50)
    }
  }

  async control(...words: string[]): Promise<void> {
    await this.#runtime.control(words)
  }

  async kill(): Promise<void> {
    await this.#runtime.end('at once')
  }

  async stop(): Promise<void> {
    await this.#runtime.end('gracefully')
  }

  async suspend(): Promise<void> {
    await this.#runtime.suspend()
  }

  async resume(): Promise<void> {
    await this.#runtime.resume()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime.dispose()
  }

  async #logEnd(): Promise<string> {
    return (await readFile(this.logFile, 'utf8')).slice(-4000)
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
