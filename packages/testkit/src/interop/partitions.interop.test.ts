import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { HashRing, openCoordinator } from '@muster/coordination'
import type { Coordinator, Partitioner } from '@muster/coordination'

import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { soon } from './soon.js'
import { ToozProcess } from './tooz-process.js'
import type { RingStep } from './tooz-process.js'

const objects = Array.from({ length: 1000 }, (_, index) => `object ${index} größe`)

const letters = ['a', 'b', 'c', '0', '1', '9', ' ', '.', '_', '-', '@', 'é', '漢', '🐝']
const textOf = (random: SeededRandom, longest: number): string => Array.from({ length: 1 + random.below(longest) }, () => random.pick(letters)).join('')

/** A life of a ring: nodes come and go, and in between it is asked. */
function randomSteps(random: SeededRandom): RingStep[] {
  const steps: RingStep[] = []
  const nodes: string[] = []
  for (let round = 0; round < 40; round += 1) {
    const kind = random.below(4)
    if (kind === 0 && nodes.length > 0) {
      steps.push(['remove_node', nodes.splice(random.below(nodes.length), 1)[0] as string])
    } else if (kind <= 1) {
      const node = `${textOf(random, 12)}#${round}` // no node is another one repeated, as that would share its partitions
      nodes.push(node)
      steps.push(['add_node', node, random.below(5) === 0 ? 1 + random.below(40) : 1])
    }
    for (let asked = 0; asked < 10 && nodes.length > 0; asked += 1) {
      const ignored = Array.from({ length: random.below(4) }, () => random.pick([...nodes, 'nobody']))
      steps.push(['get_nodes', textOf(random, 40), ignored, random.below(3) === 0 ? random.below(8) : 1])
    }
  }
  return steps
}

/** Nodes that share partitions: whose they are depends on the order of adding. */
function tiedSteps(random: SeededRandom): RingStep[] {
  const names = ['a', 'aa', 'aaa', 'aaaa', 'b', 'bb', 'é', 'éé']
  const steps: RingStep[] = names.flatMap(() => [['add_node', random.pick(names), 3] as const])
  const ask = (): void => void steps.push(...Array.from({ length: 60 }, () => ['get_nodes', String(random.below(1e6)), [], 1 + random.below(3)] as const))
  ask()
  steps.push(['remove_node', (steps[0] as readonly string[])[1] as string]) // a second one may be more than tooz itself can do
  ask()
  return steps
}

function play(partitions: number, steps: readonly RingStep[]): [answers: string[][], size: number] {
  const ring = new HashRing([], { partitions })
  const answers: string[][] = []
  for (const step of steps) {
    if (step[0] === 'add_node') ring.addNode(step[1], step[2])
    else if (step[0] === 'remove_node') ring.removeNode(step[1])
    else answers.push(ring.getNodes(step[1], { ignoreNodes: step[2], replicas: step[3] }))
  }
  return [answers, ring.size]
}

const inCodePoints = (names: readonly string[]): string[] => names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

describe('partitions of tooz and of ours', () => {
  let server: ZooKeeperServer
  let backend: string
  let coordinator: Coordinator

  beforeAll(async () => {
    server = await startZooKeeper()
    backend = `zookeeper://${server.endpoint}?timeout=2`
    coordinator = await openCoordinator(backend, { memberId: 'ours' })
  }, 60_000)

  afterAll(async () => {
    await coordinator.close()
    await server[Symbol.asyncDispose]()
  })

  for (const [what, stepsOf] of [['nodes of any name and weight that come and go', randomSteps], ['nodes that share partitions', tiedSteps]] as const) {
    test(`a ring of ${what} gives the answers of the real one`, async () => {
      await using tooz = await ToozProcess.start(backend, 'rings')
      const random = seededRandom(freshSeed())
      let compared = 0
      for (let round = 0; round < 25; round += 1) {
        const partitions = random.pick([1, 3, 8, 32, 32, 100])
        const steps = stepsOf(random)
        const [theirs, size] = await tooz.call('ring', partitions, steps)
        const [ours, ourSize] = play(partitions, steps)
        expect({ seed: random.seed, round, size: ourSize, answers: ours.map(inCodePoints) }).toEqual({ seed: random.seed, round, size, answers: theirs.map(inCodePoints) })
        compared += theirs.length
      }
      expect(compared).toBeGreaterThan(1000)
    }, 60_000)
  }

  /** Resolves when all know exactly these members and give the same answers, of which each object has one owner. */
  async function agree(theirs: readonly ToozProcess[], ours: readonly Partitioner[], members: readonly string[]): Promise<void> {
    await soon(async () => {
      for (const tooz of theirs) expect(await tooz.call('members_on_ring', 'ring')).toEqual(members)
      for (const partitioner of ours) expect([...partitioner.members.keys()].sort()).toEqual(members)
    })
    for (const [ignored, replicas] of [[[], 1], [[], 2], [members.slice(0, 1), 1], [['nobody'], 99]] as const) {
      const [first, ...others] = [
        ...(await Promise.all(theirs.map((tooz) => tooz.call('members_for_objects', 'ring', objects, ignored, replicas)))),
        ...ours.map((each) => objects.map((object) => each.membersForObject(object, { ignoreMembers: ignored, replicas }).sort())),
      ]
      for (const other of others) expect(other).toEqual(first)
    }
    const owned = [...(await Promise.all(theirs.map((tooz) => tooz.call('belongs_to_self', 'ring', objects)))), ...ours.map((each) => objects.map((object) => each.belongsToSelf(object)))]
    expect(objects.map((_, index) => owned.filter((of) => of[index]).length)).toEqual(objects.map(() => 1))
  }

  test('members of both agree on the owner of every object, while members join, leave and are killed', async () => {
    await using first = await ToozProcess.start(backend, 'tooz 1')
    await first.call('join_partitioned', 'ring', 2)
    const ours = await coordinator.joinPartitionedGroup('ring', { weight: 3 })
    await agree([first], [ours], ['ours', 'tooz 1'])

    await using second = await ToozProcess.start(backend, 'tooz 2')
    await second.call('join_partitioned', 'ring', 1)
    await agree([first, second], [ours], ['ours', 'tooz 1', 'tooz 2'])

    await using another = await openCoordinator(backend, { memberId: 'ours/2' })
    const ours2 = await another.joinPartitionedGroup('ring')
    await soon(async () => expect(await second.call('members_on_ring', 'ring')).toContain('ours%2F2'))
    expect(ours.members.get('ours/2')?.key).toBe('ours%2F2')
    const asPython = (partitioner: Partitioner): (string | undefined)[] => objects.map((object) => partitioner.members.get(partitioner.membersForObject(object)[0] ?? '')?.key)
    const owners = (await second.call('members_for_objects', 'ring', objects, [], 1)).map(([owner]) => owner)
    for (const partitioner of [ours, ours2]) expect(asPython(partitioner)).toEqual(owners)
    expect(new Set(owners).size).toBe(4)
    await ours2.leave()
    await agree([first, second], [ours], ['ours', 'tooz 1', 'tooz 2'])

    await first.kill()
    await agree([second], [ours], ['ours', 'tooz 2'])
    await second.call('leave_partitioned', 'ring')
    await agree([], [ours], ['ours'])
    await second.call('join_partitioned', 'ring', 7)
    await agree([second], [ours], ['ours', 'tooz 2'])
    await ours.leave()
    await agree([second], [], ['tooz 2'])
  }, 120_000)
})
