import { join } from 'node:path'

import { expect } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { differencesSince, stateAt } from '@muster/notifications'
import type { Change, ObservedService, ObserverOptions } from '@muster/notifications'
import { join as enter, openServiceGroup } from '@muster/servicegroup'

import type { Scene, Situation } from '../conformance/scene.js'
import { eventually } from '../eventually.js'
import type { WorkerFunctions } from '../proofs/worker-process.js'
import { RemoteProcess } from '../remote-process.js'
import { temporaryFolder } from '../temporary-folder.js'
import { Keeper } from './keeper.js'

interface Stage {
  readonly backend: string
  readonly database: string
  readonly keeper: (options?: ObserverOptions) => Promise<Keeper>
}

/** Makes a database for the history of the scene's store, and gives its URL. */
export type MakeDatabase = (scene: Scene) => Promise<string>

export async function inSqlite(scene: Scene): Promise<string> {
  return `sqlite:${join(scene.own(await temporaryFolder()).path, 'history.db')}`
}

async function setStage(scene: Scene, makeDatabase: MakeDatabase): Promise<Stage> {
  const [backend, database] = [scene.store.url({ timeoutMs: scene.shortTimeoutMs }), await makeDatabase(scene)]
  const keepers: Keeper[] = []
  scene.own({ [Symbol.asyncDispose]: async () => {
    for (const keeper of keepers) await keeper[Symbol.asyncDispose]()
  } })
  const keeper = async (options?: ObserverOptions): Promise<Keeper> => {
    const opened = await Keeper.open(backend, database, options)
    keepers.push(opened)
    return opened
  }
  return { backend, database, keeper }
}

const lineOf = ({ kind, cause, after, before }: Change): string => {
  const subject = (after ?? before)
  return [kind, cause, ...(subject && 'effective' in subject ? [`${String((before as ObservedService | null)?.effective)}>${String((after as ObservedService | null)?.effective)}`] : [])].join(' ')
}
const is = (kind: Change['kind'], cause?: Change['cause']) => (change: Change): boolean => change.kind === kind && (cause === undefined || change.cause === cause)
const isDown = ({ kind, after }: Change): boolean => kind === 'service.updated' && (after as ObservedService).state === 'down'

/** What each reader of a history can rely on, whatever the backend and the database. */
export function histories(situation: Situation, makeDatabase: MakeDatabase): void {
  const stage = (scene: Scene): Promise<Stage> => setStage(scene, makeDatabase)

  situation('the life of a service is told in order, each change once, with who and why', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const kept = await keeper()
    const membership = await enter({ backend, group: 'g', name: 'api', hostname: 'h1' })
    await kept.until((change) => (change.after as ObservedService | null)?.effective === 'up')
    await kept.group.update({ type: 'api', host: 'h1' }, { status: 'disabled' }, { actor: 'ann', source: '192.0.2.1', reason: 'disk' })
    await kept.until(is('service.updated', 'admin'))
    await membership.leave()
    await kept.until(isDown)
    await kept.group.delete({ type: 'api', host: 'h1' }, { actor: 'bob' })
    const changes = await kept.until(is('service.deleted'))
    expect(changes.map(lineOf)).toEqual([
      'service.created join undefined>down', 'worker.joined join', 'service.updated join down>up', 'service.updated admin up>down',
      'worker.left leave', 'service.updated leave down>down', 'service.deleted admin down>undefined',
    ])
    expect(changes.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(changes[3]).toMatchObject({ actor: 'ann', source: '192.0.2.1', reason: 'disk', type: 'api', host: 'h1', uuid: membership.worker.uuid })
    expect(changes[1]).toMatchObject({ group: 'g', memberId: membership.worker.memberId, uuid: membership.worker.uuid })
    await eventually(async () => expect(await (await kept.group.changeSource()).drain()).toMatchObject({ entries: [], forged: [] }))
  })

  situation('a worker that is killed is told as lost, and its record then says when it was last seen up', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const kept = await keeper()
    const worker = scene.own(new RemoteProcess<WorkerFunctions>(new URL('../proofs/worker-process.js', import.meta.url), [backend]))
    await worker.call('join', { group: 'g', name: 'api', hostname: 'h1' })
    await kept.until(is('worker.joined'))
    await worker.kill()
    const changes = await kept.until(isDown)
    expect(changes.slice(-2).map(lineOf)).toEqual(['worker.left session_lost', 'service.updated session_lost up>down'])
    const { lastSeenUp } = changes.at(-1)?.after as ObservedService
    await eventually(async () => expect((await kept.group.getOne({ type: 'api', host: 'h1' }, { consistent: true })).service).toMatchObject({ lastSeenUp, reportCount: 1 }))
  })

  situation('what happened while nobody observed is told by the next, and of who went nothing is claimed to be known', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const leaver = await enter({ backend, group: 'g', name: 'api', hostname: 'h1' })
    const lost = scene.own(new RemoteProcess<WorkerFunctions>(new URL('../proofs/worker-process.js', import.meta.url), [backend]))
    await lost.call('join', { group: 'g', name: 'api', hostname: 'h2' })
    const first = await keeper()
    await eventually(async () => expect((await first.all()).filter(is('worker.joined'))).toHaveLength(2))
    await first[Symbol.asyncDispose]()
    await leaver.leave()
    await lost.kill()
    await eventually(async () => {
      await using reader = await openServiceGroup(backend).then((group) => ({ group, [Symbol.asyncDispose]: () => group.close() }))
      expect(await reader.group.workers()).toEqual([])
    })
    const newcomer = await enter({ backend, group: 'g', name: 'api', hostname: 'h3' })
    const second = await keeper()
    const changes = await second.until((change) => change.kind === 'worker.joined' && change.host === 'h3')
    const begin = ['service.created join undefined>down', 'worker.joined join', 'service.updated join down>up']
    expect(changes.filter(({ host }) => host === 'h1').map(lineOf)).toEqual([...begin, 'worker.left leave', 'service.updated leave up>down'])
    expect(changes.filter(({ host }) => host === 'h2').map(lineOf)).toEqual([...begin, 'worker.left unknown', 'service.updated unknown up>down'])
    await newcomer.leave()
  })

  situation('of two observers one writes; when it stops the other goes on, and nothing is told twice', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const both = [await keeper(), await keeper()] as const
    await eventually(() => expect(both.map(({ observer }) => observer.state).sort()).toEqual(['observing', 'waiting']))
    const a = await enter({ backend, group: 'g', name: 'api', hostname: 'h1' })
    await both[0].until(is('worker.joined'))
    const [active, standby] = both[0].observer.state === 'observing' ? both : [both[1], both[0]]
    await active.observer.close()
    await a.leave()
    const changes = await standby.until(isDown)
    expect(changes.map(lineOf)).toEqual(['service.created join undefined>down', 'worker.joined join', 'service.updated join down>up', 'worker.left leave', 'service.updated leave up>down'])
  })

  situation('a history that belongs to another store, and a store whose history is elsewhere, are not written', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const other = await stage(scene)
    const kept = await keeper()
    await eventually(() => expect(kept.observer.state).toBe('observing'))
    const foreign = await Keeper.open(backend, other.database)
    scene.own(foreign)
    await eventually(() => expect([foreign.observer.state, foreign.observer.reason]).toEqual(['foreign', 'the history of this store is kept in another database']))
    const membership = await enter({ backend, group: 'g', name: 'api', hostname: 'h1' })
    await kept.until(is('worker.joined'))
    expect(await foreign.all()).toEqual([])
    await membership.leave()
  })

  situation('workers of another program get a record, and are told as gone', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const kept = await keeper()
    const coordinator = await openCoordinator(backend)
    await coordinator.joinGroupCreate('g', { name: 'collector', hostname: 'h1', process: 7 })
    const adopted = await kept.until(is('service.created', 'adopted'))
    expect(adopted.map(lineOf)).toContain('worker.joined join')
    expect((await kept.group.getOne({ type: 'collector', host: 'h1' }, { consistent: true })).service).toMatchObject({ state: 'up', status: 'enabled' })
    await coordinator.close()
    expect((await kept.until(isDown)).slice(-2).map(lineOf)).toEqual(['worker.left gone', 'service.updated gone up>down'])
  })

  situation('six of eight workers that go at once are told as one mass loss', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const kept = await keeper()
    const coordinator = await openCoordinator(backend)
    const staying = await Promise.all([1, 2].map((index) => enter({ backend, group: 'g', name: `api worker(${index})`, hostname: 'h1' })))
    await Promise.all([3, 4, 5, 6, 7, 8].map((index) => coordinator.joinGroupCreate('g', { name: `api worker(${index})`, hostname: 'h1' }, { memberId: `m${index}` })))
    await kept.until((change) => change.memberId === 'm8')
    await eventually(async () => expect((await kept.all()).filter(is('worker.joined'))).toHaveLength(8))
    await coordinator.close()
    await eventually(async () => expect((await kept.all()).filter(is('worker.left')).map(({ massLoss }) => massLoss)).toHaveLength(6))
    expect((await kept.all()).findLast(is('worker.left'))?.massLoss).toBe(true)
    await Promise.all(staying.map((membership) => membership.leave()))
  })

  situation('what was at a time can be told afterwards, and what has become of it since', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const kept = await keeper()
    const first = await enter({ backend, group: 'g', name: 'api', hostname: 'h1' })
    const changes = await kept.until((change) => (change.after as ObservedService | null)?.effective === 'up')
    const time = Math.max(...changes.map(({ at }) => Date.parse(at)))
    await eventually(() => expect(Date.now()).toBeGreaterThan(time))
    await kept.group.update({ type: 'api', host: 'h1' }, { status: 'disabled' }, { actor: 'ann' })
    await first.leave()
    await kept.until(isDown)
    const past = await stateAt(kept.log, { time })
    expect(past).toMatchObject({ seq: 3, workers: [{ memberId: first.worker.memberId }], services: [{ status: 'enabled', state: 'up' }] })
    const since = await differencesSince(kept.log, { time })
    expect(since.map(({ before, after, changes: count }) => [before?.state, after?.state ?? null, count])).toEqual([['up', null, 1], ['up', 'down', 2]])
    await expect(stateAt(kept.log, { time: Date.parse(changes[0]?.at ?? '') - 86_400_000 })).resolves.toMatchObject({ seq: 0, workers: [], services: [] })
  })

  situation('old changes go, the numbers of those that are left stay, and what was before them is no longer known', async (scene) => {
    const { backend, keeper } = await stage(scene)
    const first = await keeper()
    const membership = await enter({ backend, group: 'g', name: 'api', hostname: 'h1' })
    await first.until((change) => (change.after as ObservedService | null)?.effective === 'up')
    await first.observer.close()
    const second = await keeper({ keepChanges: 1 })
    await eventually(async () => expect((await second.all()).map(({ seq }) => seq)).toEqual([3]))
    expect(await second.log.read({}, { after: 0 })).toMatchObject({ firstSeq: 3, lastSeq: 3 })
    await expect(stateAt(second.log, { time: 0 })).rejects.toMatchObject({ code: 'not_found' })
    await membership.leave()
  })
}
