import { expect } from '@jest/globals'
import { join, openServiceGroup } from '@muster/servicegroup'
import type { JoinOptions, Membership, Service, ServiceChange, ServiceGroup } from '@muster/servicegroup'
import { decodeRecord, outboxCollection, readOutbox, recordAddress } from '@muster/servicegroup/internal'

import type { Scene, Situation } from '../conformance/scene.js'
import { eventually } from '../eventually.js'
import { within } from '../within.js'

const patienceMs = 20_000

async function open(scene: Scene): Promise<ServiceGroup> {
  const group = await openServiceGroup(scene.store.url())
  scene.own({ [Symbol.asyncDispose]: () => group.close() })
  return group
}

async function enter(scene: Scene, options: JoinOptions & { timeoutMs?: number } = {}): Promise<Membership> {
  const { timeoutMs, ...described } = options
  return scene.own(await join({ backend: scene.store.url(timeoutMs === undefined ? {} : { timeoutMs }), group: 'g', name: 'api', hostname: 'h1', ...described }))
}

const idOf = ({ worker }: Membership): string => worker.uuid ?? ''

/** What each reader of services can rely on, whatever the backend. */
export function records(situation: Situation): void {
  situation('workers of one type on one host are one service; another host or type is another', async (scene) => {
    const [a, b, c, d] = [await enter(scene), await enter(scene, { name: 'api worker(1)' }), await enter(scene, { hostname: 'h2' }), await enter(scene, { name: 'collector' })]
    expect(idOf(b)).toBe(idOf(a))
    expect(new Set([a, c, d].map(idOf)).size).toBe(3)
    const { services } = await (await open(scene)).getMany()
    expect(services.map(({ type, host, state }) => [type, host, state])).toEqual([['api', 'h1', 'up'], ['api', 'h2', 'up'], ['collector', 'h1', 'up']])
  })

  situation('ten workers that join at once register one service', async (scene) => {
    const members = await Promise.all(Array.from({ length: 10 }, () => enter(scene)))
    expect(new Set(members.map(idOf)).size).toBe(1)
    const group = await open(scene)
    expect((await group.getMany()).services).toHaveLength(1)
    expect(await readOutbox(await scene.open())).toHaveLength(1)
  })

  situation('a listed worker names its service', async (scene) => {
    const member = await enter(scene)
    const [worker] = await (await open(scene)).workers()
    expect(worker?.uuid).toBe(idOf(member))
  })

  situation('what was decided outlives a worker that leaves and one that comes', async (scene) => {
    const first = await enter(scene)
    const group = await open(scene)
    await group.update(idOf(first), { status: 'disabled', disabledReason: 'disk', zone: 'z9' }, { actor: 'ann', reason: 'disk' })
    await first.leave()
    expect((await group.getOne(idOf(first), { consistent: true })).service).toMatchObject({ status: 'disabled', state: 'down', zone: 'z9' })
    const second = await enter(scene, { zone: 'z1' })
    expect(idOf(second)).toBe(idOf(first))
    expect((await group.getOne(idOf(first), { consistent: true })).service).toMatchObject({ status: 'disabled', disabledReason: 'disk', state: 'up', effective: 'down', zone: 'z9' })
  })

  situation('of two changes by one version the second is refused, and nothing of it is there', async (scene) => {
    const uuid = idOf(await enter(scene))
    const group = await open(scene)
    const { service } = await group.getOne(uuid)
    const changed = await group.update(uuid, { forcedDown: true }, { ifVersion: service?.index })
    expect(changed.index).not.toBe(service?.index)
    await expect(group.update(uuid, { status: 'disabled' }, { ifVersion: service?.index })).rejects.toMatchObject({ code: 'version_conflict' })
    await expect(group.delete(uuid, { ifVersion: service?.index, force: true })).rejects.toMatchObject({ code: 'version_conflict' })
    expect((await group.getOne(uuid, { consistent: true })).service).toEqual(changed)
  })

  situation('twenty changes at once without a version are all carried out, one after the other', async (scene) => {
    const uuid = idOf(await enter(scene))
    const group = await open(scene)
    await Promise.all(Array.from({ length: 20 }, (_, index) => group.update(uuid, { version: index + 1 })))
    const changes = (await readOutbox(await scene.open())).slice(1)
    expect(changes).toHaveLength(20)
    for (const [index, { change }] of changes.entries()) if (index > 0) expect(change.before).toEqual(changes[index - 1]?.change.after)
  })

  situation('a change that changes nothing writes nothing', async (scene) => {
    const uuid = idOf(await enter(scene))
    const group = await open(scene)
    const { service } = await group.getOne(uuid)
    expect(await group.update(uuid, { status: 'enabled', forcedDown: false })).toEqual(service)
    expect(await readOutbox(await scene.open())).toHaveLength(1)
  })

  situation('who, why, before and after are told with each change', async (scene) => {
    const member = await enter(scene)
    const group = await open(scene)
    await group.update({ type: 'api', host: 'h1' }, { forcedDown: true }, { actor: 'ann', source: '10.0.0.7', reason: 'smoke' })
    const [created, updated] = (await readOutbox(await scene.open())).map(({ change }) => change)
    expect(created).toMatchObject({ type: 'created', cause: 'join', actor: member.worker.memberId, before: null, after: { uuid: idOf(member) } })
    expect(updated).toMatchObject({ type: 'updated', cause: 'admin', actor: 'ann', source: '10.0.0.7', reason: 'smoke', before: { forcedDown: false }, after: { forcedDown: true } })
  })

  situation('who has decided what is told as long as the service is there, with the workers that live', async (scene) => {
    const member = await enter(scene)
    const group = await open(scene)
    await expect(group.explain('no-such')).rejects.toMatchObject({ code: 'not_found' })
    expect((await group.explain(idOf(member))).decisions).toEqual({})
    await group.update(idOf(member), { status: 'disabled', disabledReason: 'disk' }, { actor: 'ann', reason: 'disk' })
    await group.update(idOf(member), { forcedDown: true }, { actor: 'bob', source: '10.0.0.7' })
    await group.update(idOf(member), { zone: 'z' }, { actor: 'eve' })
    const { service, workers, decisions } = await group.explain({ type: 'api', host: 'h1' })
    expect(service).toMatchObject({ uuid: idOf(member), status: 'disabled', forcedDown: true })
    expect(workers.map(({ memberId }) => memberId)).toEqual([member.worker.memberId])
    expect(decisions).toMatchObject({ status: { actor: 'ann', source: null, reason: 'disk' }, forcedDown: { actor: 'bob', source: '10.0.0.7', reason: null } })
    expect(decisions.maintenance).toBeUndefined()
  })

  situation('fields that a newer version has stored are kept by a change', async (scene) => {
    const uuid = idOf(await enter(scene))
    const session = await scene.open()
    const entry = await session.read(recordAddress(uuid), { consistent: true })
    const stored = JSON.parse(Buffer.from(entry?.data ?? []).toString()) as object
    await session.commit([{ op: 'put', at: recordAddress(uuid), data: Buffer.from(JSON.stringify({ ...stored, owner: 'team-x' })) }])
    await (await open(scene)).update(uuid, { forcedDown: true })
    const after = await session.read(recordAddress(uuid), { consistent: true })
    expect(after && decodeRecord(after)?.others).toEqual({ owner: 'team-x' })
  })

  situation('a service nobody knows is down, is not found, and cannot be changed', async (scene) => {
    const group = await open(scene)
    for (const id of ['no-such-uuid', '', { type: 'api', host: 'h1' }]) {
      expect(await group.isUp(id)).toBe(false)
      expect((await group.getOne(id)).service).toBeUndefined()
      await expect(group.update(id, { forcedDown: true })).rejects.toMatchObject({ code: 'not_found' })
      await expect(group.delete(id)).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  situation('a worker whose service was deleted by force stays without one also when it comes back from a lost session', async (scene) => {
    const member = await enter(scene, { timeoutMs: scene.shortTimeoutMs })
    const group = await open(scene)
    await expect(group.delete(idOf(member))).rejects.toMatchObject({ code: 'service_in_use', workers: 1 })
    await group.delete(idOf(member), { force: true })
    const outage = await scene.store.obstruct()
    for await (const state of member.states()) if (state === 'rejoining') break
    await outage[Symbol.asyncDispose]()
    await within(untilJoined(member), patienceMs, 'the rejoin')
    expect(member.worker).toMatchObject({ uuid: null, incarnation: 2 })
    expect((await group.workers()).map(({ uuid }) => uuid)).toEqual([null])
    expect((await group.getMany({}, { consistent: true })).services).toEqual([])
    const other = await enter(scene)
    expect((await group.getMany({}, { consistent: true })).services.map(({ uuid }) => uuid)).toEqual([idOf(other)])
  })

  situation('a join registers its service anew when somebody has removed the record by hand', async (scene) => {
    const first = await enter(scene)
    await first.leave()
    await (await scene.open()).commit([{ op: 'delete', at: recordAddress(idOf(first)) }])
    const second = await enter(scene)
    expect((await (await open(scene)).getMany()).services.map(({ uuid }) => uuid)).toEqual([idOf(second)])
    expect(idOf(second)).not.toBe(idOf(first))
  })

  situation('filters are ANDs of ORs; labels are those of the live workers', async (scene) => {
    await enter(scene, { zone: 'z1', labels: { rack: 'r1', disk: 'ssd' } })
    await enter(scene, { hostname: 'h2', zone: 'z2', labels: { rack: 'r2' } })
    const third = await enter(scene, { name: 'collector', zone: 'z1', region: 'eu' })
    const group = await open(scene)
    await group.update(idOf(third), { status: 'disabled' })
    const found = async (filter: Parameters<ServiceGroup['getMany']>[0]): Promise<string[]> => (await group.getMany(filter)).services.map(({ type, host }) => `${type}@${host}`)
    for (const view of ['asked', 'warm']) {
      if (view === 'warm') await eventually(() => expect(group.servicesView().synced).toBe(true))
      expect(await found({ zone: 'z1' })).toEqual(['api@h1', 'collector@h1'])
      expect(await found({ zone: ['z1', 'z2'], type: 'api' })).toEqual(['api@h1', 'api@h2'])
      expect(await found({ effective: 'down' })).toEqual(['collector@h1'])
      expect(await found({ status: 'enabled', state: 'up', host: 'h2' })).toEqual(['api@h2'])
      expect(await found({ region: 'eu' })).toEqual(['collector@h1'])
      expect(await found({ labels: { rack: ['r1', 'r2'] } })).toEqual(['api@h1', 'api@h2'])
      expect(await found({ labels: { rack: 'r1', disk: 'hdd' } })).toEqual([])
      expect(await found({ uuid: idOf(third) })).toEqual(['collector@h1'])
    }
    expect((await group.hosts()).hosts).toEqual([{ host: 'h1', zones: ['z1'], services: 2, up: 2 }, { host: 'h2', zones: ['z2'], services: 1, up: 1 }])
    expect((await group.zones()).zones).toEqual([{ zone: 'z1', hosts: ['h1'], services: 2, up: 2, available: true }, { zone: 'z2', hosts: ['h2'], services: 1, up: 1, available: true }])
  })

  situation('a watch tells what is there, then records and states as they change', async (scene) => {
    const member = await enter(scene)
    const group = await open(scene)
    const end = new AbortController()
    const told: ServiceChange[] = []
    const watching = (async () => {
      for await (const changes of group.watch({}, { signal: end.signal })) told.push(...changes)
    })()
    const seen = (what: string, expected: (change: ServiceChange) => boolean): Promise<void> => eventually(() => expect([what, told.some(expected)]).toEqual([what, true]))
    const isNow = (wanted: Partial<Service>) => (change: ServiceChange): boolean => change.type === 'updated' && Object.entries(wanted).every(([field, value]) => change.service[field as keyof Service] === value)
    await seen('the service that is there', (change) => change.type === 'created' && change.service.uuid === idOf(member))
    await group.update(idOf(member), { status: 'disabled' })
    await seen('the change', isNow({ status: 'disabled', state: 'up' }))
    await member.leave()
    await seen('the state', isNow({ status: 'disabled', state: 'down' }))
    await group.delete(idOf(member))
    await seen('the deletion', (change) => change.type === 'deleted' && change.before.uuid === idOf(member))
    end.abort()
    await watching
  })

  situation('a maintenance window begins and ends by itself, and is told', async (scene) => {
    const member = await enter(scene)
    const group = await open(scene)
    const end = new AbortController()
    const effective: string[] = []
    const watching = (async () => {
      for await (const changes of group.watch({}, { signal: end.signal })) for (const change of changes) if (change.type !== 'deleted') effective.push(change.service.effective)
    })()
    await eventually(() => expect(effective).toEqual(['up']))
    const [start, until] = [500, 1000].map((ms) => new Date(Date.now() + ms).toISOString())
    await group.update(idOf(member), { maintenance: { start, until: until ?? '' } })
    await eventually(() => expect(effective.slice(-2)).toEqual(['down', 'up']))
    expect((await group.getOne(idOf(member))).service).toMatchObject({ maintenance: null, effective: 'up' })
    end.abort()
    await watching
  })

  situation('changes that nobody takes away are bounded, and what went is told', async (scene) => {
    const uuid = idOf(await enter(scene))
    const session = await scene.open()
    for (let begin = 0; begin < 10_000; begin += 100) {
      await session.commit(Array.from({ length: 100 }, (_, index) => ({ op: 'append' as const, collection: outboxCollection, nonce: `n${begin + index}`, infix: '-', data: Buffer.from('{}') })))
    }
    const group = await open(scene)
    await group.update(uuid, { forcedDown: true })
    expect(await session.count(outboxCollection, { consistent: true })).toBe(9912)
    const gap = await session.read({ collection: 'meta', key: 'outbox-gap' }, { consistent: true })
    expect(JSON.parse(Buffer.from(gap?.data ?? []).toString())).toMatchObject({ count: 90 })
    expect((await readOutbox(session)).at(-1)?.change).toMatchObject({ type: 'updated' })
  })

  situation('a watch and a join of a service group that is closed fail with Closed', async (scene) => {
    const group = await open(scene)
    await group.close()
    await expect(group.watch()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'closed' })
    await expect(group.join()).rejects.toMatchObject({ code: 'closed' })
  })
}

async function untilJoined(member: Membership): Promise<void> {
  for await (const state of member.states()) if (state === 'joined') return
}
