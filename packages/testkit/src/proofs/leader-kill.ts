import { openCoordinator } from '@muster/coordination'
import { openSession } from '@muster/coordination/internal'

import { bootTime } from '../boot-clock.js'
import { eventually } from '../eventually.js'
import { RemoteProcess } from '../remote-process.js'
import type { CoordinatorFunctions } from '../recipes/coordinator-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import { startZooKeeper } from '../zookeeper/server.js'
import { exactly, fasterThan, notBefore } from './proof.js'
import type { ProofOptions, ProofResult } from './proof.js'

export interface LeaderKillOptions extends ProofOptions {
  /** Leaders that are killed, one after the other. Default 20. */
  readonly kills?: number
  /** Leaders that stand down. Default 20. */
  readonly standDowns?: number
  /** Session timeout. Default 4000. */
  readonly timeoutMs?: number
}

type Candidate = RemoteProcess<CoordinatorFunctions>

const group = 'led'
const tickTimeMs = 500
const lateMs = 200
const candidates = 3

/** Shows how soon a leader that is killed, or stands down, is followed by the next one in line. Takes two minutes. */
export async function run({ kills = 20, standDowns = 20, timeoutMs = 4000, seed = freshSeed(), log = () => {} }: LeaderKillOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  await using server = await startZooKeeper({ tickTimeMs })
  const url = `zookeeper://${server.endpoint}?timeout=${timeoutMs}ms`
  await using observer = await openCoordinator(url, { memberId: 'observer' })
  await observer.createGroup(group)
  const looking = await openSession(url)
  await using line = new Line(url, async () => (await looking.keys(`leader/${group}`, { consistent: true })).length)
  const killedMs: number[] = []
  const stoodDownMs: number[] = []
  let tokensBack = 0
  for (let index = 0; index < candidates; index += 1) await line.add()
  let token = await line.leader()
  const follow = async (): Promise<number> => {
    const next = await line.leader()
    const at = bootTime() // told by the process itself, through a pipe
    if (next <= token) tokensBack += 1
    token = next
    return at
  }
  const rounds = [...Array<boolean>(kills).fill(true), ...Array<boolean>(standDowns).fill(false)]
  for (const [round, isKill] of rounds.entries()) {
    await eventually(async () => {
      if ((await observer.getLeader(group))?.fencingToken !== token) throw new Error('not seen yet')
    })
    await new Promise((resolve) => setTimeout(resolve, random.below(timeoutMs / 3))) // any phase of the signs of life
    const begunAt = bootTime()
    const ending = isKill ? line.first.kill() : line.first.call('standDown', group).then(() => undefined)
    line.drop()
    ;(isKill ? killedMs : stoodDownMs).push((await follow()) - begunAt)
    await ending
    await line.add()
    if ((round + 1) % 5 === 0) log(`${round + 1} of ${rounds.length} leaders gone`)
  }
  await looking.close()
  return {
    name: 'leader-kill',
    seed,
    bars: [
      fasterThan('leader SIGKILLed: until the next one leads', killedMs, 'max', timeoutMs + tickTimeMs + lateMs),
      notBefore('and not sooner than 2/3 of the session timeout', killedMs, (timeoutMs * 2) / 3),
      fasterThan('leader stands down: until the next one leads', stoodDownMs, 'p99', 50),
      exactly('tokens that did not grow', tokensBack, 0),
    ],
  }
}

/** Processes that campaign, in the order in which they began. */
class Line implements AsyncDisposable {
  readonly #url: string
  readonly #length: () => Promise<number>
  readonly #standing: { readonly candidate: Candidate; readonly elected: Promise<bigint> }[] = []
  readonly #all: Candidate[] = []

  constructor(url: string, length: () => Promise<number>) {
    this.#url = url
    this.#length = length
  }

  get first(): Candidate {
    const [first] = this.#standing
    if (!first) throw new Error('nobody campaigns')
    return first.candidate
  }

  /** One more at its end. */
  async add(): Promise<void> {
    const candidate = new RemoteProcess<CoordinatorFunctions>(new URL('../recipes/coordinator-process.js', import.meta.url), [this.#url, `candidate-${this.#all.length}`])
    this.#all.push(candidate)
    const before = await this.#length()
    const elected = candidate.call('campaign', group)
    elected.catch(() => undefined) // it is asked for when it is its turn
    this.#standing.push({ candidate, elected })
    await eventually(async () => {
      if ((await this.#length()) <= before) throw new Error('not in line yet')
    })
  }

  drop(): void {
    this.#standing.shift()
  }

  /** Resolves with the token of the first in line when it leads. */
  async leader(): Promise<bigint> {
    return (await this.#standing[0]?.elected) ?? -1n
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((candidate) => candidate[Symbol.asyncDispose]()))
  }
}
