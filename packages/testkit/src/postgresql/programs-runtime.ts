import { execFile } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { eventually } from '../eventually.js'
import { processState, stopOrContinue } from '../process-state.js'
import type { ServerRuntime } from '../server-runtime.js'
import { stablePort } from '../stable-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { spawnTied } from '../tied-process.js'
import { within } from '../within.js'
import { accessRules, toArguments } from './options.js'
import type { PostgresqlOptions } from './options.js'
import type { ProgramsProvider } from './provider.js'

export type PostgresqlRuntime = Omit<ServerRuntime, 'wipe' | 'secureEndpoint'>

const run = promisify(execFile)
const host = '127.0.0.1'
const endTimeoutMs = 10_000

/** Processes of this machine on a port of 127.0.0.1, with a new folder of their own. */
export async function createProgramsRuntime(provider: ProgramsProvider, options: PostgresqlOptions): Promise<PostgresqlRuntime> {
  const folder = await temporaryFolder()
  const { user } = provider
  const give = async (path: string): Promise<void> => (user ? await chown(path, user.uid, user.gid) : undefined)
  const home = join(folder.path, 'home')
  const [data, hba, key] = [join(home, 'data'), join(home, 'hba.conf'), join(home, 'server.pem')]
  await chmod(folder.path, 0o711)
  await mkdir(home, { mode: 0o700 })
  await writeFile(hba, accessRules(options))
  if (options.tls) await copyFile(options.tls.server, key)
  await Promise.all([home, hba, ...(options.tls ? [key] : [])].map(give))
  await run(join(provider.folder, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'], { timeout: 60_000, cwd: home, ...user })
  const port = await stablePort()
  return new ProgramsRuntime(provider, folder, port, ['-D', data, '-c', `port=${port}`, '-c', `listen_addresses=${host}`, ...toArguments(options, hba, key)])
}

class ProgramsRuntime implements PostgresqlRuntime {
  readonly endpoint: string
  readonly logFile: string
  readonly #provider: ProgramsProvider
  readonly #folder: TemporaryFolder
  readonly #words: readonly string[]
  #child: ChildProcess | undefined

  constructor(provider: ProgramsProvider, folder: TemporaryFolder, port: number, words: readonly string[]) {
    this.endpoint = `${host}:${port}`
    this.logFile = join(folder.path, 'server.log')
    this.#provider = provider
    this.#folder = folder
    this.#words = words
  }

  isRunning(): Promise<boolean> {
    return Promise.resolve(this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null)
  }

  async launch(): Promise<void> {
    await using log = await open(this.logFile, 'a')
    this.#child = await spawnTied(join(this.#provider.folder, 'postgres'), this.#words, log.fd, this.#provider.user)
  }

  async end(how: 'at once' | 'gracefully'): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined || !(await this.isRunning())) return
    const gone = once(child, 'exit')
    await stopOrContinue([child.pid], 'SIGSTOP') // so that it neither makes nor buries processes
    const others = await this.#others(child.pid)
    // Those that serve a connection would finish what they are at before they notice that their parent is gone.
    for (const pid of others) process.kill(pid, how === 'at once' ? 'SIGKILL' : 'SIGCONT')
    child.kill(how === 'at once' ? 'SIGKILL' : 'SIGINT') // fast: what is not committed is rolled back
    if (how === 'gracefully') child.kill('SIGCONT')
    await within(gone, endTimeoutMs, `the end of the PostgreSQL of ${this.endpoint} (process ${child.pid})`)
    for (const pid of others) await eventually(async () => expectGone(await processState(pid), pid))
  }

  async suspend(): Promise<void> {
    const pid = this.#runningPid()
    await stopOrContinue([pid], 'SIGSTOP')
    await stopOrContinue(await this.#others(pid), 'SIGSTOP')
  }

  async resume(): Promise<void> {
    const pid = this.#runningPid()
    await stopOrContinue([...(await this.#others(pid)), pid], 'SIGCONT')
  }

  async dispose(): Promise<void> {
    try {
      await this.end('at once')
    } finally {
      await this.#folder[Symbol.asyncDispose]()
    }
  }

  #runningPid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error(`The PostgreSQL of ${this.endpoint} does not run`)
    return pid
  }

  /** The processes of the server besides the first one: each connection has one. */
  async #others(pid: number): Promise<number[]> {
    const pids = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').map(Number)
    return pids.filter((child) => child > 0)
  }
}

function expectGone(state: string | undefined, pid: number): void {
  if (state !== undefined && state !== 'Z') throw new Error(`process ${pid} is in state ${state}`)
}
