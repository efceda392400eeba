import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { WriteStream } from 'node:fs'
import { join } from 'node:path'

import { getContainerRuntimeClient, Wait } from 'testcontainers'
import type { ContainerRuntimeClient } from 'testcontainers'

import type { ServerRuntime } from '../server-runtime.js'
import { stablePort } from '../stable-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { LocalContainer } from './local-container.js'

export interface ContainerOptions {
  readonly image: string
  /** Inside; each is published on a port of the engine's host, the first is the endpoint's. */
  readonly ports: readonly [number, ...number[]]
  /** What ends it gracefully. */
  readonly signal: 'SIGINT' | 'SIGTERM'
  readonly endTimeoutMs: number
}

/** One container of an official image, kept over restarts; its ports are published on 127.0.0.1 of the engine's host. */
export class ContainerRuntime implements Omit<ServerRuntime, 'wipe' | 'secureEndpoint'> {
  /** host:port of each of the ports. */
  readonly endpoints: readonly string[]
  readonly logFile: string
  /** What it is made of; to be completed before the first launch. */
  readonly described: LocalContainer
  readonly #engine: ContainerRuntimeClient
  readonly #options: ContainerOptions
  readonly #folder: TemporaryFolder
  readonly #logs: WriteStream
  #container: ReturnType<ContainerRuntimeClient['container']['getById']> | undefined

  private constructor(engine: ContainerRuntimeClient, options: ContainerOptions, published: readonly number[], folder: TemporaryFolder) {
    const host = engine.info.containerRuntime.host === 'localhost' ? '127.0.0.1' : engine.info.containerRuntime.host
    this.#engine = engine
    this.#options = options
    this.#folder = folder
    this.endpoints = published.map((port) => `${host}:${port}`)
    this.logFile = join(folder.path, 'server.log')
    this.#logs = createWriteStream(this.logFile, { flags: 'a' })
    this.described = new LocalContainer(options.image, host === '127.0.0.1')
      .withExposedPorts(...options.ports.map((container, index) => ({ container, host: published[index] as number })))
      .withWaitStrategy(Wait.forLogMessage(/./)) // that it serves is waited for by the handle
  }

  static async create(options: ContainerOptions): Promise<ContainerRuntime> {
    const published: number[] = []
    while (published.length < options.ports.length) published.push(await stablePort())
    return new ContainerRuntime(await getContainerRuntimeClient(), options, published, await temporaryFolder())
  }

  get endpoint(): string {
    return this.endpoints[0] ?? ''
  }

  async isRunning(): Promise<boolean> {
    return this.#container !== undefined && (await this.#container.inspect()).State.Running
  }

  async launch(): Promise<void> {
    const since = Math.floor(Date.now() / 1000)
    if (this.#container) await this.#container.start()
    else this.#container = this.#engine.container.getById((await this.described.start()).getId())
    const output = await this.#engine.container.logs(this.#container, { since, follow: true, stdout: true, stderr: true })
    output.pipe(this.#logs, { end: false })
  }

  /** Runs a command in it. */
  async exec(words: readonly string[]): Promise<void> {
    if (!this.#container) throw new Error(`The container of ${this.endpoint} does not run`)
    const { exitCode, output } = await this.#engine.container.exec(this.#container, [...words])
    if (exitCode !== 0) throw new Error(output)
  }

  async end(how: 'at once' | 'gracefully'): Promise<void> {
    const container = this.#container
    if (container === undefined || !(await this.isRunning())) return
    const gone: Promise<unknown> = container.wait()
    if ((await container.inspect()).State.Paused) await container.unpause()
    await container.kill({ signal: how === 'at once' ? 'SIGKILL' : this.#options.signal })
    await within(gone, this.#options.endTimeoutMs, `the end of the container of ${this.endpoint}`)
  }

  /** All its processes. */
  async suspend(): Promise<void> {
    await this.#container?.pause()
  }

  async resume(): Promise<void> {
    await this.#container?.unpause()
  }

  async dispose(): Promise<void> {
    try {
      await this.#container?.remove({ force: true, v: true })
    } finally {
      this.#logs.end()
      await once(this.#logs, 'close')
      await this.#folder[Symbol.asyncDispose]()
    }
  }
}
