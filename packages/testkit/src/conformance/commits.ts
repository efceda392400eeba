import { expect } from '@jest/globals'
import type { Op } from '@muster/coordination/internal'

import { append, at, bytes, check, create, createEphemeral, nonce, put, remove, replace, text } from './ops.js'
import { failsWith, failureOf, isRejected, mustRead } from './outcomes.js'
import type { Scene, Situation } from './scene.js'

interface Refusal {
  readonly what: string
  readonly reason: 'exists' | 'missing' | 'conflict' | 'not-empty' | 'no-collection'
  readonly op: (stale: Awaited<ReturnType<typeof prepare>>) => Op
}

const refusals: readonly Refusal[] = [
  { what: 'a create of what is there', reason: 'exists', op: () => create('services', 'taken') },
  { what: 'a create of an ephemeral entry where a durable one is', reason: 'exists', op: () => createEphemeral('services', 'taken') },
  { what: 'a create in a group that was never created', reason: 'no-collection', op: () => createEphemeral('members/nobody', 'm') },
  { what: 'an append to the leaders of a group that was never created', reason: 'no-collection', op: () => append('leader/nobody', nonce()) },
  { what: 'a put of what is not there', reason: 'missing', op: () => put('services', 'absent') },
  { what: 'a put with an old version', reason: 'conflict', op: ({ old }) => put('services', 'taken', '', old.version) },
  { what: 'a delete of what is not there', reason: 'missing', op: () => remove('services', 'absent') },
  { what: 'a delete with an old version', reason: 'conflict', op: ({ old }) => remove('services', 'taken', old.version) },
  { what: 'a delete of a group with a member', reason: 'not-empty', op: () => remove('groups', 'manned') },
  { what: 'a delete of a group with a contender for its leadership', reason: 'not-empty', op: () => remove('groups', 'contended') },
  { what: 'a check of what is not there', reason: 'missing', op: () => check('services', 'absent') },
  { what: 'a check with an old version', reason: 'conflict', op: ({ old }) => check('services', 'taken', old.version) },
  { what: 'a takeover of an entry that was re-created', reason: 'conflict', op: ({ recreated }) => replace(recreated) },
]

async function prepare(scene: Scene) {
  const session = await scene.open()
  await session.commit([create('services', 'taken'), create('groups', 'manned'), create('groups', 'contended'), create('meta', 'untouched'), create('election/x', 'again')])
  await session.commit([createEphemeral('members/manned', 'm'), append('leader/contended', nonce())])
  const old = await mustRead(session, 'services', 'taken')
  const recreated = await mustRead(session, 'election/x', 'again')
  await session.commit([put('services', 'taken', 'newer'), remove('election/x', 'again')])
  await session.commit([create('election/x', 'again')])
  return { session, old, recreated }
}

/** Invariant 1. */
export function commits(situation: Situation): void {
  for (const { what, reason, op } of refusals) {
    situation(`${what} rejects the whole commit: ${reason}, at its place, and nothing of it is there`, async (scene) => {
      const prepared = await prepare(scene)
      const { session } = prepared
      const before = await session.list('services')
      await isRejected(session.commit([create('services', 'first'), put('meta', 'untouched', 'touched'), op(prepared), create('services', 'last')]), 2, reason)
      expect((await session.list('services')).entries).toEqual(before.entries)
      expect(text(await session.read(at('meta', 'untouched')))).toBe('')
    })
  }

  situation('ops of one commit build on each other: a group with its first member, the last member with its group', async (scene) => {
    const session = await scene.open()
    await session.commit([create('groups', 'g'), createEphemeral('members/g', 'm')])
    expect(await session.count('members/g')).toBe(1)
    await session.commit([remove('members/g', 'm'), remove('groups', 'g')])
    expect(await session.read(at('groups', 'g'))).toBeUndefined()
  })

  situation('entries of one commit share their created revision, which is the revision of the commit', async (scene) => {
    const session = await scene.open()
    const { revision, keys } = await session.commit([create('services', 'a'), create('gates', 'b'), append('outbox', 'n')])
    expect(revision).toMatch(/^\d{20}$/)
    expect(keys).toEqual(['a', 'b', expect.stringMatching(/^n\d{10}$/)])
    for (const [index, collection] of ['services', 'gates', 'outbox'].entries()) {
      const entry = await session.read(at(collection, keys[index] ?? ''))
      expect(entry).toMatchObject({ created: revision, modified: revision })
    }
  })

  situation('what is read of a member is the same whether it was written as bytes or as an object', async (scene) => {
    const [session, other] = [await scene.open(), await scene.open()]
    await session.commit([create('groups', 'g')])
    const data = '{"weight":2,"text":"x","list":[1.5,null,true]}'
    for (const form of ['bytes', 'object'] as const) {
      await session.commit([{ op: 'create', at: at('members/g', form), data: bytes(data), form, ephemeral: true }])
      expect(text(await mustRead(session, 'members/g', form))).toBe(data)
      await session.commit([{ op: 'put', at: at('members/g', form), data: bytes('{"weight":3}'), form }])
      const entry = await mustRead(session, 'members/g', form)
      expect(text(entry)).toBe('{"weight":3}')
      await other.commit([{ op: 'replace', entry, data: bytes(data), form }])
    }
    expect((await session.list('members/g', { consistent: true })).entries.map(text)).toEqual([data, data])
  })

  situation('a hundred commits that nobody awaits apply in the order of their calls', async (scene) => {
    const session = await scene.open()
    const made = session.commit([create('services', 'counter', 'none')])
    const puts = Array.from({ length: 100 }, (_, index) => session.commit([put('services', 'counter', String(index))]))
    const revisions = (await Promise.all([made, ...puts])).map(({ revision }) => revision)
    expect(revisions).toEqual([...new Set(revisions)].sort())
    expect(text(await session.read(at('services', 'counter')))).toBe('99')
  })

  situation('commits that need each other succeed without being awaited, and a rejected one between does no harm', async (scene) => {
    const session = await scene.open()
    const ops = [create('services', 'k', '1'), put('services', 'k', '2'), create('services', 'k'), remove('services', 'k'), create('services', 'k', '3')]
    const outcomes = await Promise.allSettled(ops.map((op) => session.commit([op])))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(text(await session.read(at('services', 'k')))).toBe('3')
  })

  situation('a commit whose signal was aborted before is not carried out', async (scene) => {
    const session = await scene.open()
    await failureOf(session.commit([create('services', 'unwanted')], { signal: AbortSignal.abort() }))
    expect(await session.read(at('services', 'unwanted'))).toBeUndefined()
  })

  situation('a hundred ops are taken, a hundred and one are TooLarge', async (scene) => {
    const session = await scene.open()
    const creates = (count: number): Op[] => Array.from({ length: count }, (_, index) => create('services', `${count}-${index}`))
    await session.commit(creates(100))
    await failsWith(session.commit(creates(101)), 'too_large')
    expect(await session.count('services')).toBe(100)
  })

  situation('an entry of 64 KiB is taken and read back whole, one byte more is TooLarge', async (scene) => {
    const session = await scene.open()
    const data = Uint8Array.from({ length: 64 * 1024 }, (_, index) => index % 251)
    await session.commit([{ op: 'create', at: at('services', 'full'), data }])
    expect(Buffer.compare((await session.read(at('services', 'full')))?.data ?? bytes(''), data)).toBe(0)
    const larger = new Uint8Array(64 * 1024 + 1)
    await failsWith(session.commit([{ op: 'create', at: at('services', 'over'), data: larger }]), 'too_large')
    await failsWith(session.commit([{ op: 'put', at: at('services', 'full'), data: larger }]), 'too_large')
    expect((await session.list('services')).entries.map(({ data: { length } }) => length)).toEqual([64 * 1024])
  })

  situation('a commit of 448 KiB is taken, one of more than 512 KiB is TooLarge', async (scene) => {
    const session = await scene.open()
    const creates = (count: number): Op[] => Array.from({ length: count }, (_, index) => ({ op: 'create', at: at('services', `${count}-${index}`), data: new Uint8Array(64 * 1024) }))
    await session.commit(creates(7))
    await failsWith(session.commit(creates(9)), 'too_large')
    expect(await session.count('services')).toBe(7)
  })

  situation('two ops on one address, and two takeovers in one commit, are InvalidArgument', async (scene) => {
    const session = await scene.open()
    await session.commit([create('groups', 'g')])
    await session.commit([createEphemeral('members/g', 'a'), createEphemeral('members/g', 'b')])
    const a = await mustRead(session, 'members/g', 'a')
    const b = await mustRead(session, 'members/g', 'b')
    await failsWith(session.commit([create('services', 'twice'), put('services', 'twice')]), 'invalid_argument')
    await failsWith(session.commit([replace(a), replace(b)]), 'invalid_argument')
    expect(await session.read(at('services', 'twice'))).toBeUndefined()
  })

  situation('more commits than the queue holds are refused as QueueFull, and the others are carried out', async (scene) => {
    const session = await scene.open({ timeoutMs: 60_000 })
    await session.commit([create('services', 'there')])
    const outcomes = await Promise.all(Array.from({ length: 11_000 }, () => failureOf(session.commit([create('services', 'there')]))))
    const refused = outcomes.filter(({ code }) => code === 'queue_full').length
    expect(refused).toBeGreaterThan(0)
    expect(outcomes.filter(({ reason }) => reason === 'exists').length).toBe(11_000 - refused)
    await session.commit([create('services', 'afterwards')])
  })
}
