import { once } from 'node:events'
import { connect } from 'node:net'

import { createRuntime } from './create-runtime.js'
import { findProvider } from './find-provider.js'
import { askFourLetterWord } from './four-letter-word.js'
import type { FourLetterWord } from './four-letter-word.js'
import { toPlan } from './options.js'
import type { ServerPlan, ZooKeeperOptions } from './options.js'
import type { Provider } from './provider.js'
import { RunningServer, started } from '../running-server.js'
import type { Look } from '../running-server.js'
import type { ServerRuntime } from '../server-runtime.js'

/** A real ZooKeeper server, made by `startZooKeeper`. `await using` ends it and removes its data. */
export interface ZooKeeperServer extends AsyncDisposable {
  /** host:port for clients, the same after a restart. */
  readonly endpoint: string
  /** host:port for clients with TLS, when `tls` was given. */
  readonly secureEndpoint?: string
  /** What it logs, over all its runs. */
  readonly logFile: string
  /** Ends it with SIGKILL, suspended or not. Resolves when it is gone. */
  kill(): Promise<void>
  /** Ends it with SIGTERM. Resolves when it is gone. */
  stop(): Promise<void>
  /** Starts it again, on its port and its data. Resolves when it answers `srvr`; alone, also when it serves. */
  start(): Promise<void>
  /** Removes its data, so that it forgets all; only while it does not run. */
  wipe(): Promise<void>
  /** SIGSTOP: its connections stay, it says nothing. A container is frozen, which looks the same. Resolves when it is so. */
  suspend(): Promise<void>
  /** SIGCONT. */
  resume(): Promise<void>
  /** The answer to a four-letter word; rejects when there is none within 5 s. */
  command(word: FourLetterWord): Promise<string>
}

/** Starts a server of its own on a free port of 127.0.0.1. Resolves when it serves. */
export async function startZooKeeper(options: ZooKeeperOptions = {}): Promise<ZooKeeperServer> {
  return await startServer(await findProvider(), toPlan(options))
}

export async function startServer(provider: Provider, plan: ServerPlan): Promise<ZooKeeperServer> {
  const runtime = await createRuntime(provider, plan)
  return started(new RunningZooKeeper(runtime, plan.membership ? /./ : /^Mode: /m))
}

class RunningZooKeeper extends RunningServer<ServerRuntime> implements ZooKeeperServer {
  protected readonly name = 'ZooKeeper'
  protected readonly startTimeoutMs = 30_000
  protected readonly lookEveryMs = 20
  readonly #ready: RegExp

  /** `ready`: what its answer to `srvr` looks like when it has started. */
  constructor(runtime: ServerRuntime, ready: RegExp) {
    super(runtime)
    this.#ready = ready
  }

  protected beginLooking(): Look {
    let patienceMs = 300 // not patient at first: who asks while it opens its port is often never answered
    return async () => {
      const answer = await askFourLetterWord(this.endpoint, 'srvr', patienceMs).catch(() => '')
      patienceMs = Math.min(3000, patienceMs * 1.3)
      if (!this.#ready.test(answer)) return answer === '' ? 'no answer to srvr' : answer
      return (await this.#acceptsTls()) ? undefined : 'no TLS yet'
    }
  }

  /** The port for TLS is opened after the other. */
  async #acceptsTls(): Promise<boolean> {
    if (this.secureEndpoint === undefined) return true
    const [host = '', port] = this.secureEndpoint.split(':')
    const socket = connect({ host, port: Number(port) })
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(300) })
      return true
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  }

  async wipe(): Promise<void> {
    if (await this.runtime.isRunning()) throw new Error(`The ZooKeeper of ${this.endpoint} runs; stop or kill it before its data is removed`)
    await this.runtime.wipe()
  }

  command(word: FourLetterWord): Promise<string> {
    return askFourLetterWord(this.endpoint, word)
  }
}
