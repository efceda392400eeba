import { setTimeout as delay } from 'node:timers/promises'

import { eventually } from '../eventually.js'
import { startSvc } from '../interop/commands.js'
import type { SeededRandom } from '../seeded-random.js'
import type { NodeProcess } from '../spawn-node.js'
import type { Pace } from './pace.js'

export interface HistoryKills {
  readonly kills: number
  /** How many of them hit the server that kept the history. */
  readonly ofHolders: number
  /** How often another process was seen to keep it than before. */
  readonly handOvers: number
}

const longestLifeMs = 800
/** Every so many, whichever it is, at whatever moment: also while none is up. */
const unaimedEvery = 5
const patienceMs = 120_000

/** A process of `svc serve`. */
class Server {
  readonly process: NodeProcess
  #url: string | undefined

  constructor(words: readonly string[]) {
    this.process = startSvc('serve', '--port', '0', ...words)
    this.process.line(/^listening on (http:\/\/\S+)$/, { timeoutMs: patienceMs }).then(
      ([, url]) => (this.#url = url),
      () => undefined, // it was killed before
    )
  }

  /** How it stands to the history; undefined while it does not answer. */
  async state(): Promise<string | undefined> {
    if (this.#url === undefined) return undefined
    const answer = await fetch(`${this.#url}/readyz`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    const ready = (await answer?.json().catch(() => undefined)) as { history: { state: string } } | undefined
    return ready?.history.state
  }

  async kill(): Promise<void> {
    this.process.signal('SIGKILL')
    await this.process.exited
  }
}

/** Two API servers of one store and one database, of which one keeps the history; they are killed and started again. */
export class HistoryServers implements AsyncDisposable {
  readonly #words: readonly string[]
  readonly #servers: Server[]

  constructor(backend: string, database: string) {
    this.#words = ['--backend', backend, '--database', database, '--webhook-allow', '127.0.0.0/8']
    this.#servers = [new Server(this.#words), new Server(this.#words)]
  }

  /** Kills one after the other, most often the one that keeps the history while the other stands by, and tells `pace` before and after each. */
  async killOneByOne(kills: number, pace: Pace, random: SeededRandom, log: (line: string) => void): Promise<HistoryKills> {
    const holders: Server[] = []
    let ofHolders = 0
    for (let count = 1; count <= kills; count += 1) {
      const aimed = count % unaimedEvery !== 0
      const index = aimed ? await this.#holder() : random.below(this.#servers.length)
      const server = this.#servers[index] as Server
      if (aimed && holders.at(-1) !== server) holders.push(server)
      if (aimed) ofHolders += 1
      pace.advance((count - 0.5) / kills)
      await delay(random.next() * longestLifeMs)
      await server.kill()
      pace.advance(count / kills)
      this.#servers[index] = new Server(this.#words)
      if (count % 20 === 0) log(`${count} of ${kills} servers killed`)
    }
    return { kills, ofHolders, handOvers: Math.max(0, holders.length - 1) }
  }

  /** The end of what they wrote, for the text of an error. */
  describeOutput(): string {
    return this.#servers.map(({ process }) => process.describeOutput()).join('\n')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map(({ process }) => process[Symbol.asyncDispose]()))
  }

  /** Resolves to which of them keeps the history, once one does and the other stands by. */
  #holder(): Promise<number> {
    return eventually(async () => {
      const states = await Promise.all(this.#servers.map((server) => server.state()))
      if (states.includes('observing') && states.includes('waiting')) return states.indexOf('observing')
      throw new Error(`the servers are ${states.join(' and ')}`)
    }, { timeoutMs: patienceMs, everyMs: 50 })
  }
}
