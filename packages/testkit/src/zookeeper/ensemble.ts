import { eventually } from '../eventually.js'
import { createSite } from './create-runtime.js'
import { findProvider } from './find-provider.js'
import { askFourLetterWord } from './four-letter-word.js'
import { toPlan } from './options.js'
import type { ZooKeeperOptions } from './options.js'
import { startServer } from './server.js'
import type { ZooKeeperServer } from './server.js'

/** Three servers that are one ZooKeeper, made by `startZooKeeperEnsemble`. `await using` ends them and removes their data. */
export interface ZooKeeperEnsemble extends AsyncDisposable {
  /** `start` of one of these resolves when it answers, which may be before it serves: see `settled`. */
  readonly servers: readonly ZooKeeperServer[]
  /** host:port of each, with commas between. */
  readonly endpoints: string
  /** The server that leads; waits up to 30 s until there is one and only one that says so. */
  leader(): Promise<ZooKeeperServer>
  /** Resolves when there is a leader and `servers` servers serve, by default all three; waits up to 30 s. */
  settled(servers?: number): Promise<void>
}

const ids = [1, 2, 3]
const waiting = { timeoutMs: 30_000, everyMs: 20 }

/** Starts an ensemble of three on free ports of 127.0.0.1. Resolves when there is a leader and all three serve. */
export async function startZooKeeperEnsemble(options: ZooKeeperOptions = {}): Promise<ZooKeeperEnsemble> {
  const provider = await findProvider()
  const site = await createSite(provider, ids)
  const starts = await Promise.allSettled(ids.map((id) => startServer(provider, toPlan(options, { id, site }))))
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const ensemble = new RunningEnsemble(servers, site)
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    await ensemble.settled()
    return ensemble
  } catch (error) {
    await ensemble[Symbol.asyncDispose]()
    throw error
  }
}

class RunningEnsemble implements ZooKeeperEnsemble {
  readonly servers: readonly ZooKeeperServer[]
  readonly endpoints: string
  readonly #site: AsyncDisposable

  constructor(servers: readonly ZooKeeperServer[], site: AsyncDisposable) {
    this.servers = servers
    this.endpoints = servers.map(({ endpoint }) => endpoint).join(',')
    this.#site = site
  }

  leader(): Promise<ZooKeeperServer> {
    return eventually(async () => {
      const modes = await this.#modes()
      const leaders = this.servers.filter((_, index) => modes[index] === 'leader')
      if (leaders[0] === undefined || leaders.length > 1) throw new Error(`the servers are ${modes.join(', ')}`)
      return leaders[0]
    }, waiting)
  }

  async settled(servers = this.servers.length): Promise<void> {
    const look = async (): Promise<void> => {
      const modes = await this.#modes()
      const serving = modes.filter((mode) => mode !== 'not serving').length
      if (serving < servers || !modes.includes('leader')) throw new Error(`the servers are ${modes.join(', ')}`)
    }
    await eventually(look, waiting)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()))
    await this.#site[Symbol.asyncDispose]()
  }

  #modes(): Promise<string[]> {
    return Promise.all(this.servers.map(modeOf))
  }
}

async function modeOf(server: ZooKeeperServer): Promise<string> {
  const answer = await askFourLetterWord(server.endpoint, 'srvr', 1000).catch(() => '')
  return /^Mode: (\w+)/m.exec(answer)?.[1] ?? 'not serving'
}
