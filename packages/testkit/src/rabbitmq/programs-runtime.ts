import { execFile } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { stopOrContinue } from '../process-state.js'
import type { ServerRuntime } from '../server-runtime.js'
import { stablePort } from '../stable-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { spawnTied } from '../tied-process.js'
import { within } from '../within.js'
import { definitions, renderConfiguration } from './configuration.js'
import type { RabbitMqOptions } from './configuration.js'
import type { ProgramsProvider } from './provider.js'

export interface RabbitMqRuntime extends Omit<ServerRuntime, 'wipe'> {
  /** Runs `rabbitmqctl` with these words; rejects when it fails. */
  control(words: readonly string[]): Promise<void>
}

const run = promisify(execFile)
const host = '127.0.0.1'
const endTimeoutMs = 20_000
const controlTimeoutMs = 60_000

/** Processes of this machine on ports of 127.0.0.1, with a folder of their own. */
export async function createProgramsRuntime(provider: ProgramsProvider, options: RabbitMqOptions): Promise<RabbitMqRuntime> {
  const folder = await temporaryFolder()
  const [port, securePort, nodePort, epmdPort] = [await stablePort(), await stablePort(), await stablePort(), await stablePort()]
  const file = (name: string): string => join(folder.path, name)
  const site = { listen: `${host}:${port}`, secureListen: `${host}:${securePort}`, definitions: file('definitions.json'), certificates: { ca: options.tls?.ca ?? '', server: options.tls?.server ?? '' } }
  await writeFile(file('rabbitmq.conf'), renderConfiguration(site, options))
  await writeFile(file('definitions.json'), definitions)
  await writeFile(file('enabled_plugins'), '[].')
  const environment = {
    HOME: folder.path, // where Erlang keeps the cookie
    ERL_EPMD_PORT: epmdPort,
    ERL_EPMD_ADDRESS: host,
    RUNNING_UNDER_SYSTEMD: 'true', // so that its script becomes the broker instead of waiting for it
    // One thread, which sleeps when there is nothing to do: a test's broker has little to do and shares its processors.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
    RABBITMQ_NODENAME: `muster-${port}@localhost`,
    RABBITMQ_DIST_PORT: nodePort,
    RABBITMQ_MNESIA_BASE: file('data'),
    RABBITMQ_LOG_BASE: file('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: file('none'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
    RABBITMQ_PID_FILE: file('pid'),
  }
  return new ProgramsRuntime(provider, folder, site.listen, options.tls && site.secureListen, environment)
}

class ProgramsRuntime implements RabbitMqRuntime {
  readonly endpoint: string
  readonly secureEndpoint?: string
  readonly logFile: string
  readonly #provider: ProgramsProvider
  readonly #folder: TemporaryFolder
  readonly #environment: Readonly<Record<string, string | number>>
  #epmd: ChildProcess | undefined
  #broker: ChildProcess | undefined

  constructor(provider: ProgramsProvider, folder: TemporaryFolder, endpoint: string, secureEndpoint: string | undefined, environment: Readonly<Record<string, string | number>>) {
    this.endpoint = endpoint
    if (secureEndpoint !== undefined) this.secureEndpoint = secureEndpoint
    this.logFile = join(folder.path, 'server.log')
    this.#provider = provider
    this.#folder = folder
    this.#environment = environment
  }

  isRunning(): Promise<boolean> {
    return Promise.resolve(isAlive(this.#broker))
  }

  async launch(): Promise<void> {
    await using log = await open(this.logFile, 'a')
    // Started here, it is ours to end; a broker that finds none would leave one behind.
    if (!isAlive(this.#epmd)) this.#epmd = await spawnTied(this.#provider.epmd, ['-address', host, '-port', String(this.#environment['ERL_EPMD_PORT'])], log.fd)
    const words = Object.entries(this.#environment).map(([name, value]) => `${name}=${value}`)
    this.#broker = await spawnTied('env', [...words, join(this.#provider.folder, 'rabbitmq-server')], log.fd)
  }

  async control(words: readonly string[]): Promise<void> {
    const environment = Object.fromEntries(Object.entries(this.#environment).map(([name, value]) => [name, String(value)]))
    await run(join(this.#provider.folder, 'rabbitmqctl'), words, { env: { ...process.env, ...environment }, timeout: controlTimeoutMs })
  }

  async end(how: 'at once' | 'gracefully'): Promise<void> {
    await endProcess(this.#broker, how === 'at once' ? 'SIGKILL' : 'SIGTERM', `the end of the RabbitMQ of ${this.endpoint}`)
  }

  async suspend(): Promise<void> {
    await stopOrContinue([this.#runningPid()], 'SIGSTOP')
  }

  async resume(): Promise<void> {
    await stopOrContinue([this.#runningPid()], 'SIGCONT')
  }

  async dispose(): Promise<void> {
    try {
      await this.end('at once')
      await endProcess(this.#epmd, 'SIGKILL', 'the end of epmd')
    } finally {
      await this.#folder[Symbol.asyncDispose]()
    }
  }

  #runningPid(): number {
    if (this.#broker?.pid === undefined || !isAlive(this.#broker)) throw new Error(`The RabbitMQ of ${this.endpoint} does not run`)
    return this.#broker.pid
  }
}

const isAlive = (child: ChildProcess | undefined): child is ChildProcess => child !== undefined && child.exitCode === null && child.signalCode === null

async function endProcess(child: ChildProcess | undefined, signal: NodeJS.Signals, what: string): Promise<void> {
  if (!isAlive(child)) return
  const gone = once(child, 'exit')
  child.kill(signal)
  child.kill('SIGCONT') // a suspended one would not see SIGTERM
  await within(gone, endTimeoutMs, what)
}
