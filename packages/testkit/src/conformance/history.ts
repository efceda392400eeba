import { expect } from '@jest/globals'
import type { Entry, Op, Revision, Session } from '@muster/coordination/internal'

import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { replay, stateAt, toModel } from './model.js'
import type { DoneCommit, ModelEntry, PlannedOp } from './model.js'
import { append, create, createEphemeral, put, remove, check, replace } from './ops.js'
import type { Scene, SessionProcess, Situation } from './scene.js'

const collections = ['services', 'members/g', 'outbox'] as const
const keysInPlay = ['a', 'b', 'c', 'd', 'e', 'f']
const commitsEach = 120

/** What a list or a watch said a collection was at a revision. */
interface Seen {
  readonly by: string
  readonly collection: string
  readonly revision: Revision
  readonly entries: readonly Entry[]
}

type Player = Pick<Session, 'list' | 'commit'>

const remotely = (process: SessionProcess): Player => ({
  list: (collection) => process.call('list', collection),
  commit: (ops) => process.call('commit', ops),
})

function planOp(random: SeededRandom, collection: string, key: string, known: Entry | undefined, takesOver: boolean): PlannedOp {
  const data = String(random.below(1000))
  const versioned = known !== undefined && random.next() < 0.5
  const withVersion = (make: (version?: string) => Op): PlannedOp => (versioned ? { op: make(known.version), readAt: known } : { op: make() })
  const kind = random.next()
  if (known === undefined || kind < 0.3) return { op: random.next() < 0.3 ? createEphemeral(collection, key, data) : create(collection, key, data) }
  if (kind < 0.6) return withVersion((version) => put(collection, key, data, version))
  if (kind < 0.85) return withVersion((version) => remove(collection, key, version))
  if (kind < 0.95) return withVersion((version) => check(collection, key, version))
  return takesOver ? { op: replace(known, data) } : withVersion((version) => put(collection, key, data, version))
}

/** Commits at random on what it last read, sometimes old by then; keeps what succeeded and what lists said. It `takesOver` where that is one commit to see. */
async function play(session: Player, random: SeededRandom, name: string, done: DoneCommit[], seen: Seen[], takesOver: boolean): Promise<void> {
  const known = new Map<string, Entry>()
  for (let round = 0; round < commitsEach; round++) {
    if (random.next() < 0.3) {
      const collection = random.pick(collections)
      const { entries, revision, atomic } = await session.list(collection)
      if (atomic) seen.push({ by: `list of ${name}`, collection, revision, entries })
      for (const path of [...known.keys()]) if (path.startsWith(`${collection}/`)) known.delete(path)
      for (const entry of entries) known.set(`${collection}/${entry.key}`, entry)
    }
    const collection = random.pick(collections)
    const shuffled = [...keysInPlay].sort(() => random.next() - 0.5)
    let planned: PlannedOp[] = shuffled.slice(0, 1 + random.below(3)).map((key) => planOp(random, collection, key, known.get(`${collection}/${key}`), takesOver))
    if (planned.filter(({ op }) => op.op === 'replace').length > 1) planned = planned.slice(0, 1)
    if (collection === 'outbox') planned.push({ op: append('outbox', name) })
    await session.commit(planned.map(({ op }) => op)).then(
      ({ revision, keys }) => void done.push({ revision, keys, planned }),
      (error: unknown) => {
        if (!(error instanceof Error) || error.name !== 'Rejected') throw error
      },
    )
  }
}

/** Follows a collection, now and then asleep, until the marker is told. */
async function follow(scene: Scene, session: Session, collection: string, random: SeededRandom, seen: Seen[]): Promise<void> {
  const watcher = scene.watch(session, collection)
  do {
    const batch = await watcher.next()
    if (!batch) throw new Error(`the watch of ${collection} ended early`)
    if (batch.synced) seen.push({ by: 'a watch', collection, revision: batch.revision ?? '', entries: [...watcher.entries.values()] })
    for (let rest = random.below(20); rest > 0; rest--) await new Promise(setImmediate)
  } while (!watcher.entries.has('marker'))
}

const sorted = (entries: Iterable<readonly [string, ModelEntry]>): (readonly [string, ModelEntry])[] => [...entries].sort(([a], [b]) => (a < b ? -1 : 1))

async function tellHistory(scene: Scene, seed: number): Promise<void> {
  const random = seededRandom(seed)
  const { takesOverAtOnce, versionsNameIncarnations } = scene.backend
  const sessions = [await scene.open(), await scene.open(), await scene.open()] as const
  const [first] = sessions
  const players = [...sessions, remotely(scene.start()), remotely(scene.start())]
  const done: DoneCommit[] = []
  const seen: Seen[] = []
  const commit = async (...ops: Op[]): Promise<void> => {
    const { revision, keys } = await first.commit(ops)
    done.push({ revision, keys, planned: ops.map((op) => ({ op })) })
  }
  await commit(create('groups', 'g'))
  const followers = sessions.flatMap((session) => collections.map((collection) => follow(scene, session, collection, seededRandom(random.below(2 ** 32)), seen)))
  const followed = Promise.all(followers)
  await Promise.all(players.map((player, index) => play(player, seededRandom(random.below(2 ** 32)), `s${index}`, done, seen, takesOverAtOnce)))
  await commit(...collections.map((collection) => create(collection, 'marker')))
  await followed

  for (const collection of collections) {
    const states = replay(done, collection, versionsNameIncarnations)
    for (const { by, revision, entries } of seen.filter((one) => one.collection === collection)) {
      const told = sorted(entries.map((entry) => [entry.key, toModel(entry)] as const))
      expect({ by, revision, entries: told }).toEqual({ by, revision, entries: sorted(stateAt(states, revision)) })
    }
  }
  expect(done.length).toBeGreaterThan(commitsEach / 2)
  expect(seen.length).toBeGreaterThan(commitsEach / 2)
}

/** Invariants 1, 5 and 6 at once, under random work. */
export function history(situation: Situation): void {
  for (const seed of [4711, freshSeed()]) {
    situation(`three sessions and two processes at random work (seed ${seed}): every list and synced batch is what the commits up to its revision make`, (scene) => tellHistory(scene, seed))
  }
}
