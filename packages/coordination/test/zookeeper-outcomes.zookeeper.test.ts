import { describe, expect, test } from '@jest/globals'
import type { Op, Session } from '@muster/coordination/internal'
import { within } from '@muster/testkit'

import { at, bytes, multi, setTheScene, text, until } from './zookeeper-scene.js'

const scene = setTheScene()

const member = (key: string): Op => ({ op: 'create', at: at('members/g', key), data: bytes(key), ephemeral: true })
const create = (collection: string, key: string): Op => ({ op: 'create', at: at(collection, key), data: bytes(key) })
const contender = (nonce: string): Op => ({ op: 'append', collection: 'leader/g', nonce, infix: '__lock__', data: bytes('me'), ephemeral: true })

/** A session that has made every directory it needs, so that a commit is one request. */
async function prepared(options?: string): Promise<Session> {
  const session = await scene.open(options)
  await session.commit([create('groups', 'g')])
  await session.commit([contender('first'), create('services', 'first'), create('outbox', 'first')])
  return session
}

const isCommit = { request: (opcode: number): boolean => opcode === multi }

describe('the server has done it, the answer is lost', () => {
  test('an ephemeral entry of this session proves its commit: done, with its revision and keys', async () => {
    const session = await prepared()
    const lost = scene.proxy.dropReplyAfterApply(isCommit)
    const { revision, keys } = await session.commit([member('m'), create('services', 's'), { op: 'append', collection: 'outbox', nonce: 'n', data: bytes('') }])
    await lost.happened
    const entry = await session.read(at('members/g', 'm'))
    expect(entry).toMatchObject({ created: revision })
    expect(keys).toEqual(['m', 's', expect.stringMatching(/^n\d{10}$/)])
    expect(await session.read(at('outbox', keys[2] ?? ''))).toMatchObject({ created: revision })
    expect(session.epoch).toBe(1)
  })

  test('an appended entry is found by its nonce, and is there once', async () => {
    const session = await prepared()
    const lost = scene.proxy.dropReplyAfterApply(isCommit)
    const { revision, keys } = await session.commit([contender('n'.repeat(32))])
    await lost.happened
    const { entries } = await session.list('leader/g')
    expect(entries.filter(({ key }) => key.startsWith('nnn'))).toEqual([expect.objectContaining({ key: keys[0], created: revision })])
  })

  test('a witness tells of any commit', async () => {
    const session = await prepared()
    const lost = scene.proxy.dropReplyAfterApply(isCommit)
    const witness = { at: at('services', 'first'), done: (entry?: Parameters<typeof text>[0]) => text(entry) === 'changed' }
    const { revision, keys } = await session.commit([{ op: 'put', at: at('services', 'first'), data: bytes('changed') }], { witness })
    await lost.happened
    expect(keys).toEqual(['first'])
    expect(await session.read(at('services', 'first'))).toMatchObject({ modified: revision })
  })

  test('a takeover is told as done', async () => {
    const [owner, session] = [await prepared(), await scene.open()]
    await owner.commit([member('m')])
    const entry = await session.read(at('members/g', 'm'), { consistent: true })
    if (!entry) throw new Error('the member is not there')
    const lost = scene.proxy.dropReplyAfterApply(isCommit)
    const { revision } = await session.commit([{ op: 'replace', entry, data: bytes('mine') }])
    await lost.happened
    const taken = await session.read(at('members/g', 'm'))
    expect(taken).toMatchObject({ created: revision })
    if (taken) expect(await session.ownership(taken)).toBe('self')
  })

  test('without a witness, or with one that cannot tell, the outcome is unknown', async () => {
    const session = await prepared()
    const put: Op = { op: 'put', at: at('services', 'first'), data: bytes('x') }
    scene.proxy.dropReplyAfterApply(isCommit)
    await expect(session.commit([put])).rejects.toMatchObject({ code: 'outcome_unknown' })
    scene.proxy.dropReplyAfterApply(isCommit)
    await expect(session.commit([put], { witness: { at: put.at, done: () => undefined } })).rejects.toMatchObject({ code: 'outcome_unknown' })
  })

  test('who does not want to wait for a witness any longer is told at once that the outcome is unknown', async () => {
    const session = await prepared('timeout=30s')
    const lost = scene.proxy.dropReplyAfterApply(isCommit)
    const giveUp = new AbortController()
    const commit = session.commit([member('m')], { signal: giveUp.signal })
    commit.catch(() => undefined)
    await lost.happened
    await scene.proxy.refuse()
    await until(session, 'suspended')
    giveUp.abort()
    await expect(within(commit, 10_000, 'the outcome')).rejects.toMatchObject({ code: 'outcome_unknown' })
    await scene.proxy.accept()
  })
})

describe('the connection is cut on the way to the server', () => {
  /** Sends a commit into a road that loses it, and cuts the connection. */
  const lose = async (commit: () => Promise<unknown>): Promise<unknown> => {
    scene.proxy.blackhole('toServer')
    const outcome = commit().then(
      () => 'done',
      (error: unknown) => (error as { code?: unknown }).code,
    )
    await new Promise(setImmediate)
    scene.proxy.resume()
    scene.proxy.cut()
    return within(outcome, 10_000, 'the outcome')
  }

  test('an ephemeral entry that is not there proves that its commit was not done', async () => {
    const session = await prepared()
    expect(await lose(() => session.commit([member('m'), create('services', 's')]))).toBe('backend_unreachable')
    expect(await session.read(at('services', 's'))).toBeUndefined()
    await session.commit([member('m'), create('services', 's')])
  })

  test('a witness tells that it was not done', async () => {
    const session = await prepared()
    const witness = { at: at('services', 's'), done: (entry?: unknown) => entry !== undefined }
    expect(await lose(() => session.commit([create('services', 's')], { witness }))).toBe('backend_unreachable')
  })

  test('an appended entry that is not there proves nothing', async () => {
    const session = await prepared()
    expect(await lose(() => session.commit([contender('gone')]))).toBe('outcome_unknown')
    expect((await session.list('leader/g')).entries.some(({ key }) => key.startsWith('gone'))).toBe(false)
  })

  test('a takeover that was lost in its first steps was not done', async () => {
    const [owner, session] = [await prepared(), await scene.open()]
    await owner.commit([member('m')])
    const entry = await session.read(at('members/g', 'm'), { consistent: true })
    if (!entry) throw new Error('the member is not there')
    const setData = 5
    const lost = scene.proxy.dropReplyAfterApply({ request: (opcode) => opcode === setData })
    await expect(session.commit([{ op: 'replace', entry, data: bytes('mine') }])).rejects.toMatchObject({ code: 'backend_unreachable' })
    await lost.happened
    const kept = await session.read(at('members/g', 'm'))
    expect([text(kept), kept?.owner, kept?.created]).toEqual(['m', entry.owner, entry.created])
    await session.commit([{ op: 'replace', entry, data: bytes('mine') }])
    expect(text(await session.read(at('members/g', 'm')))).toBe('mine')
  })
})

describe('the session ends before anybody can be asked', () => {
  const outlive = async (session: Session, ops: Op[], options = {}): Promise<unknown> => {
    scene.proxy.suspend()
    const outcome = session.commit(ops, options).then(
      () => 'done',
      (error: unknown) => (error as { code?: unknown }).code,
    )
    await until(session, 'lost')
    scene.proxy.resume()
    await until(session, 'connected', 2)
    return within(outcome, 10_000, 'the outcome')
  }

  test('a commit of ephemeral entries is over with it', async () => {
    const session = await prepared('timeout=2s')
    expect(await outlive(session, [member('m')])).toBe('session_lost')
    expect(await session.read(at('members/g', 'm'), { consistent: true })).toBeUndefined()
  })

  test('one that has made a durable entry as well is for its witness to tell, or unknown', async () => {
    const session = await prepared('timeout=2s')
    expect(await outlive(session, [member('m'), create('services', 's')])).toBe('outcome_unknown')
    const witness = { at: at('services', 't'), done: (entry?: unknown) => entry !== undefined }
    const there = (await session.read(at('services', 's'))) !== undefined
    expect([true, false]).toContain(there)
    await session.commit([create('services', 't')], { witness })
  })
})

test('a commit that its caller gives up on the way has an unknown outcome at once', async () => {
  const session = await prepared()
  scene.proxy.suspend()
  const abort = new AbortController()
  const outcome = session.commit([member('m')], { signal: abort.signal })
  abort.abort()
  await within(expect(outcome).rejects.toMatchObject({ code: 'outcome_unknown' }), 1000, 'the outcome')
  scene.proxy.resume()
})

test('commits that wait for the backend all fail when one of them has waited in vain, none of them is done later', async () => {
  const session = await prepared('timeout=2s')
  scene.proxy.suspend()
  await until(session, 'suspended')
  const outcomes = await within(Promise.allSettled(Array.from({ length: 20 }, (_, index) => session.commit([create(`new-${index}`, 'x')]))), 6000, 'the outcomes')
  expect(new Set(outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: unknown }).code : 'done')))).toEqual(new Set(['backend_unreachable']))
  scene.proxy.resume()
  await until(session, 'connected')
  expect(await session.count('new-0', { consistent: true })).toBe(0)
})
