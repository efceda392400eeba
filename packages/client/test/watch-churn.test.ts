import { describe, expect, test } from '@jest/globals'
import { openSession } from '@muster/coordination/internal'
import type { Op } from '@muster/coordination/internal'
import type { Worker, WorkerChange, WorkerFilter, WorkerReader } from '@muster/servicegroup'
import { eventually, freshSeed, seededRandom, startFaultProxy } from '@muster/testkit'
import type { SeededRandom } from '@muster/testkit'

import { recorder, Scene } from './scene.js'

const identity = ({ group, memberId }: Worker): string => `${group}/${memberId}`

/** Follows a watch and keeps what it told; a change that does not fit what was told before is an error. */
class Follower {
  readonly workers = new Map<string, Worker>()
  readonly told: string[] = []
  /** How many arrays of changes there were. */
  batches = 0
  failure: unknown

  constructor(client: WorkerReader, filter: WorkerFilter = {}) {
    this.#follow(client.watchWorkers(filter)).catch((error: unknown) => (this.failure = error))
  }

  /** Everything it knows, in the order of lists. */
  get rows(): Worker[] {
    return [...this.workers.values()].sort((a, b) => (identity(a) < identity(b) ? -1 : 1))
  }

  async #follow(changes: AsyncIterable<readonly WorkerChange[]>): Promise<void> {
    for await (const batch of changes) {
      for (const change of batch) this.#apply(change)
      this.batches += 1
    }
  }

  #apply(change: WorkerChange): void {
    const key = identity(change.type === 'left' ? change.before : change.worker)
    const known = this.workers.get(key)
    const fits = change.type === 'joined' ? known === undefined : JSON.stringify(known) === JSON.stringify(change.before)
    if (!fits) throw new Error(`${change.type} ${key} does not fit ${JSON.stringify(known)}`)
    if (change.type === 'left') this.workers.delete(key)
    else this.workers.set(key, change.worker)
    this.told.push(`${change.type} ${key} ${change.type === 'left' ? '' : (change.worker.version ?? '')}`)
  }
}

/** Members that come, change and go at random, written as another program would. */
class Churn implements AsyncDisposable {
  readonly #random: SeededRandom
  readonly #session: Awaited<ReturnType<typeof openSession>>
  readonly #there = new Map<string, Op & { op: 'create' }>()
  #count = 0

  private constructor(random: SeededRandom, session: Awaited<ReturnType<typeof openSession>>) {
    this.#random = random
    this.#session = session
  }

  static async open(backend: string, random: SeededRandom): Promise<Churn> {
    const session = await openSession(backend)
    for (const group of ['g0', 'g1', 'g2']) await session.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
    return new Churn(random, session)
  }

  /** One commit of up to five changes; `padding` makes members large. */
  async step(padding = 0): Promise<void> {
    const ops = new Map<string, Op>()
    for (let count = 1 + this.#random.below(5); count > 0; count -= 1) {
      const at = { collection: `members/g${this.#random.below(3)}`, key: `m${this.#random.below(40)}` }
      const place = `${at.collection}/${at.key}`
      if (ops.has(place)) continue
      const text = JSON.stringify({ name: `w${at.key}`, hostname: `h${this.#random.below(3)}`, version: String((this.#count += 1)), labels: { padding: 'x'.repeat(padding) } })
      const create = { op: 'create', at, data: Buffer.from(text), ephemeral: true } as const
      const isThere = this.#there.has(place)
      if (!isThere) ops.set(place, create)
      else ops.set(place, this.#random.below(2) === 0 ? { op: 'delete', at } : { op: 'put', at, data: create.data })
      if (ops.get(place)?.op === 'delete') this.#there.delete(place)
      else this.#there.set(place, create)
    }
    await this.#session.commit([...ops.values()])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close()
  }
}

const listed = async (reader: WorkerReader, filter?: WorkerFilter): Promise<Worker[]> => [...(await reader.workers(filter))].sort((a, b) => (identity(a) < identity(b) ? -1 : 1))

describe('under random changes', () => {
  test('a watch that is cut again and again tells exactly what one tells that never is: nothing lost, nothing twice', async () => {
    const random = seededRandom(freshSeed())
    await using scene = await Scene.open()
    const serverLog = recorder()
    await scene.startServer(serverLog.logger)
    await using proxy = await startFaultProxy(`127.0.0.1:${scene.port}`)
    await using churn = await Churn.open(scene.backend, random)
    const [steady, cut] = [scene.client(), scene.client({}, `http://${proxy.endpoint}`)]
    await eventually(async () => expect(await steady.groups()).toHaveLength(3))
    const filter = { group: ['g0', 'g1'], hostname: ['h0', 'h1'] }
    const pairs = [{}, filter].map((asked) => ({ steady: new Follower(steady, asked), cut: new Follower(cut, asked), filter: asked }))
    for (const { steady: one, cut: other } of pairs) await eventually(() => expect([one.batches, other.batches]).toEqual([1, 1]))

    const endsAt = performance.now() + 5000
    let cuts = 0
    let heard = pairs.map(({ cut: other }) => other.batches)
    while (performance.now() < endsAt) {
      await churn.step()
      if (random.below(12) !== 0 || pairs.some(({ cut: other }, index) => other.batches === heard[index])) continue // not back yet
      if (random.below(2) === 0) proxy.cut()
      else proxy.cutAfter(1 + random.below(1000)) // in the middle of an event
      cuts += 1
      heard = pairs.map(({ cut: other }) => other.batches)
    }
    for (const { steady: one, cut: other, filter: asked } of pairs) {
      const rows = await listed(scene.store, asked)
      await eventually(() => expect({ seed: random.seed, rows: one.rows }).toEqual({ seed: random.seed, rows }))
      const seen = ({ told, failure }: Follower): object => ({ seed: random.seed, failure, told })
      await eventually(() => expect(seen(other)).toEqual(seen(one)), { timeoutMs: 20_000 })
      expect(one.told.length).toBeGreaterThan(100)
    }
    expect(cuts).toBeGreaterThan(3)
    expect(proxy.accepted).toBeGreaterThan(4)
  }, 60_000)

  test('servers come and go: every watch stays true to what it told, and ends with what there is', async () => {
    const random = seededRandom(freshSeed())
    await using scene = await Scene.open()
    let server = await scene.startServer()
    await using churn = await Churn.open(scene.backend, random)
    const client = scene.client()
    await eventually(async () => expect(await client.groups()).toHaveLength(3))
    const followers = [new Follower(client), new Follower(client, { group: 'g1' })]
    await eventually(() => expect(followers.map(({ batches }) => batches > 0)).toEqual([true, true])) // a watch that has told nothing yet fails with its server
    for (let restart = 0; restart < 3; restart += 1) {
      for (let steps = 40; steps > 0; steps -= 1) await churn.step()
      await server.close()
      for (let steps = random.below(40); steps > 0; steps -= 1) await churn.step()
      server = await scene.startServer()
    }
    for (const [index, filter] of [undefined, { group: 'g1' }].entries()) {
      const rows = await listed(scene.store, filter)
      await eventually(() => expect({ seed: random.seed, rows: followers[index]?.rows }).toEqual({ seed: random.seed, rows }), { timeoutMs: 30_000 })
      expect(followers[index]?.failure).toBeUndefined()
    }
  }, 60_000)
})

test('a consumer that does not read for a long time is told afterwards what differs, and the server kept none of it for him', async () => {
  await using scene = await Scene.open()
  const { lines, logger } = recorder()
  await scene.startServer(logger)
  await using churn = await Churn.open(scene.backend, seededRandom(1))
  const client = scene.client()
  await eventually(async () => expect(await client.groups()).toHaveLength(3))
  const watch = client.watchWorkers()[Symbol.asyncIterator]()
  expect((await watch.next()).value).toEqual([])
  for (let step = 0; step < 350; step += 1) await churn.step(30_000) // some 40 MB of events
  await churn.step()

  const workers = new Map<string, Worker>()
  const rows = await listed(scene.store)
  const known = (): Worker[] => [...workers.values()].sort((a, b) => (identity(a) < identity(b) ? -1 : 1))
  while (JSON.stringify(known()) !== JSON.stringify(rows)) {
    const { value = [] } = (await watch.next()) as { value?: readonly WorkerChange[] }
    for (const change of value) {
      if (change.type === 'left') workers.delete(identity(change.before))
      else workers.set(identity(change.worker), change.worker)
    }
  }
  expect(lines).toContain('a watching client was too slow and begins anew')
}, 60_000)
