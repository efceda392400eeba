import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

import { stopOrContinue } from '../process-state.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { renderConfiguration } from './configuration.js'
import type { Settings } from './configuration.js'
import { tlsSettings } from './options.js'
import type { EnsembleSite, ServerPlan } from './options.js'
import type { JavaProvider } from './provider.js'
import type { ServerRuntime } from '../server-runtime.js'
import { stablePort } from '../stable-port.js'
import { spawnTied } from '../tied-process.js'

const host = '127.0.0.1'
const endTimeoutMs = 10_000

/** A JVM of this machine on ports of 127.0.0.1, with a folder of its own. */
export async function createJavaRuntime(provider: JavaProvider, plan: ServerPlan): Promise<ServerRuntime> {
  const port = await stablePort()
  const securePort = plan.tls && (await stablePort())
  return new JavaRuntime(provider, plan, await temporaryFolder(), port, securePort)
}

/** Two ports of 127.0.0.1 for each member. */
export async function createJavaSite(ids: readonly number[]): Promise<EnsembleSite> {
  const lines: Record<string, string> = {}
  for (const id of ids) lines[`server.${id}`] = `${host}:${await stablePort()}:${await stablePort()}`
  return { lines, [Symbol.asyncDispose]: () => Promise.resolve() }
}

class JavaRuntime implements ServerRuntime {
  readonly endpoint: string
  readonly secureEndpoint?: string
  readonly logFile: string
  readonly #provider: JavaProvider
  readonly #plan: ServerPlan
  readonly #folder: TemporaryFolder
  readonly #dataFolder: string
  readonly #settings: Settings
  #child: ChildProcess | undefined

  constructor(provider: JavaProvider, plan: ServerPlan, folder: TemporaryFolder, port: number, securePort: number | undefined) {
    this.endpoint = `${host}:${port}`
    if (securePort !== undefined) this.secureEndpoint = `${host}:${securePort}`
    this.logFile = join(folder.path, 'server.log')
    this.#provider = provider
    this.#plan = plan
    this.#folder = folder
    this.#dataFolder = join(folder.path, 'data')
    this.#settings = {
      ...(plan.tls && securePort !== undefined && { ...tlsSettings(plan.tls.server, plan.tls.ca), secureClientPort: securePort, secureClientPortAddress: host }),
      ...plan.settings,
      dataDir: this.#dataFolder,
      clientPort: port,
      clientPortAddress: host,
    }
  }

  isRunning(): Promise<boolean> {
    return Promise.resolve(this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null)
  }

  async launch(): Promise<void> {
    const configuration = join(this.#folder.path, 'zoo.cfg')
    await mkdir(this.#dataFolder, { recursive: true })
    await writeFile(configuration, await renderConfiguration(this.#settings))
    if (this.#plan.membership) await writeFile(join(this.#dataFolder, 'myid'), String(this.#plan.membership.id))
    await using log = await open(this.logFile, 'a')
    this.#child = await spawnTied(this.#provider.java, [...this.#javaArguments(), configuration], log.fd)
  }

  async end(how: 'at once' | 'gracefully'): Promise<void> {
    const child = this.#child
    if (child === undefined || !(await this.isRunning())) return
    const gone = once(child, 'exit')
    child.kill(how === 'at once' ? 'SIGKILL' : 'SIGTERM')
    child.kill('SIGCONT') // a suspended one would not see SIGTERM
    await within(gone, endTimeoutMs, `the end of the ZooKeeper of ${this.endpoint} (process ${child.pid ?? '?'})`)
  }

  async suspend(): Promise<void> {
    await this.#signal('SIGSTOP')
  }

  async resume(): Promise<void> {
    await this.#signal('SIGCONT')
  }

  async wipe(): Promise<void> {
    await rm(this.#dataFolder, { recursive: true, force: true })
  }

  async dispose(): Promise<void> {
    try {
      await this.end('at once')
    } finally {
      await this.#folder[Symbol.asyncDispose]()
    }
  }

  #javaArguments(): string[] {
    return [
      ...this.#plan.jvmOptions,
      '-Dzookeeper.jmx.log4j.disable=true',
      '-Dorg.slf4j.simpleLogger.logFile=System.out',
      '-cp',
      this.#provider.classpath.join(delimiter),
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    ]
  }

  async #signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const pid = this.#child?.pid
    if (pid === undefined || !(await this.isRunning())) throw new Error(`The ZooKeeper of ${this.endpoint} does not run`)
    await stopOrContinue([pid], name)
  }
}
