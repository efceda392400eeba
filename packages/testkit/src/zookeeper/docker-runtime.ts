import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { WriteStream } from 'node:fs'
import { join } from 'node:path'

import { Network, Wait, getContainerRuntimeClient } from 'testcontainers'
import type { ContainerRuntimeClient, GenericContainer } from 'testcontainers'

import type { DockerProvider } from '../docker/engine.js'
import { LocalContainer } from '../docker/local-container.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { renderConfiguration } from './configuration.js'
import { tlsSettings } from './options.js'
import type { EnsembleSite, ServerPlan } from './options.js'
import type { ServerRuntime } from '../server-runtime.js'
import { stablePort } from '../stable-port.js'

// The ports of docker/zookeeper/zoo.cfg and compose.yaml, inside the container.
const [clientPort, securePort, quorumPort, electionPort] = [2181, 2281, 2888, 3888]
const endTimeoutMs = 20_000
const removeOptions = { force: true, v: true }

/** A container of the official image; its ports are published on 127.0.0.1 of the engine's host. */
export async function createDockerRuntime(provider: DockerProvider, plan: ServerPlan): Promise<ServerRuntime> {
  const engine = await getContainerRuntimeClient()
  const published = new Map([[clientPort, await stablePort()]])
  if (plan.tls) published.set(securePort, await stablePort())
  return new DockerRuntime(provider, plan, engine, await temporaryFolder(), published)
}

/** A network of their own, where the members of an ensemble find each other by name. */
export async function createDockerSite(ids: readonly number[]): Promise<EnsembleSite> {
  const network = await new Network().start()
  return {
    lines: Object.fromEntries(ids.map((id) => [`server.${id}`, `${nameOf(id)}:${quorumPort}:${electionPort}`])),
    network,
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  }
}

const nameOf = (id: number): string => `zookeeper-${id}`

class DockerRuntime implements ServerRuntime {
  readonly endpoint: string
  readonly secureEndpoint?: string
  readonly logFile: string
  readonly #provider: DockerProvider
  readonly #plan: ServerPlan
  readonly #engine: ContainerRuntimeClient
  readonly #host: string
  readonly #folder: TemporaryFolder
  /** Port of the host by port of the container. */
  readonly #published: ReadonlyMap<number, number>
  readonly #logs: WriteStream
  #container: ReturnType<ContainerRuntimeClient['container']['getById']> | undefined

  constructor(provider: DockerProvider, plan: ServerPlan, engine: ContainerRuntimeClient, folder: TemporaryFolder, published: ReadonlyMap<number, number>) {
    const { host } = engine.info.containerRuntime
    this.#host = host === 'localhost' ? '127.0.0.1' : host
    this.endpoint = `${this.#host}:${published.get(clientPort) ?? clientPort}`
    if (plan.tls) this.secureEndpoint = `${this.#host}:${published.get(securePort) ?? securePort}`
    this.logFile = join(folder.path, 'server.log')
    this.#logs = createWriteStream(this.logFile, { flags: 'a' })
    this.#provider = provider
    this.#plan = plan
    this.#engine = engine
    this.#folder = folder
    this.#published = published
  }

  async isRunning(): Promise<boolean> {
    return this.#container !== undefined && (await this.#container.inspect()).State.Running
  }

  async launch(): Promise<void> {
    const since = Math.floor(Date.now() / 1000)
    if (this.#container) await this.#container.start()
    else this.#container = this.#engine.container.getById((await (await this.#describe()).start()).getId())
    const logs = await this.#engine.container.logs(this.#container, { since, follow: true, stdout: true, stderr: true })
    logs.pipe(this.#logs, { end: false })
  }

  async end(how: 'at once' | 'gracefully'): Promise<void> {
    const container = this.#container
    if (container === undefined || !(await this.isRunning())) return
    const gone: Promise<unknown> = container.wait()
    await container.kill({ signal: how === 'at once' ? 'SIGKILL' : 'SIGTERM' })
    if (how === 'gracefully') await container.kill({ signal: 'SIGCONT' }).catch(() => undefined) // a suspended one would not see SIGTERM; it may be gone
    await within(gone, endTimeoutMs, `the end of the container of ${this.endpoint}`)
  }

  // The server is process 1 of its container: signals reach it, and Docker does not mind a stopped one as it minds a paused container.
  async suspend(): Promise<void> {
    await this.#container?.kill({ signal: 'SIGSTOP' })
  }

  async resume(): Promise<void> {
    await this.#container?.kill({ signal: 'SIGCONT' })
  }

  /** The next launch makes a new container with new volumes. */
  async wipe(): Promise<void> {
    const container = this.#container
    this.#container = undefined
    await container?.remove(removeOptions)
  }

  async dispose(): Promise<void> {
    try {
      await this.wipe()
    } finally {
      this.#logs.end()
      await once(this.#logs, 'close')
      await this.#folder[Symbol.asyncDispose]()
    }
  }

  async #describe(): Promise<GenericContainer> {
    const { tls, membership, settings, jvmOptions } = this.#plan
    const secure = tls ? { ...tlsSettings('/tls/server.pem', '/tls/ca.pem'), secureClientPort: securePort } : {}
    const content = await renderConfiguration({ ...secure, quorumListenOnAllIPs: 'true', ...settings }) // a member is in two networks
    const ports = [...this.#published].map(([container, host]) => ({ container, host }))
    const container = new LocalContainer(this.#provider.image, this.#host === '127.0.0.1')
      .withExposedPorts(...ports)
      .withEnvironment({ ZOO_MY_ID: String(membership?.id ?? 1), JVMFLAGS: jvmOptions.join(' ') })
      .withCopyContentToContainer([{ content, target: '/conf/zoo.cfg', mode: 0o644 }])
      .withWaitStrategy(Wait.forLogMessage(/./)) // that it serves is waited for by the handle
    // The server runs as a user of its own inside, so the key must be readable; it is good for one test.
    const files = tls ? [tls.server, tls.ca].map((source, index) => ({ source, target: index === 0 ? '/tls/server.pem' : '/tls/ca.pem', mode: 0o644 })) : []
    if (files.length > 0) container.withCopyFilesToContainer(files)
    const network = membership?.site.network
    if (membership && network) container.withNetwork(network).withNetworkAliases(nameOf(membership.id))
    return container
  }
}
