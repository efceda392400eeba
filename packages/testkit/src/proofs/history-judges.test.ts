import { expect, test } from '@jest/globals'
import type { Change, ObservedService } from '@muster/notifications'

import { brokenChains, brokenLives, brokenNumbers, brokenSteps, notAcknowledged, notOnce, overtaken, repeatedIds, staleServices, strangers, unknownDeaths, unlike, wrongAuthors, wrongCauses } from './history-judges.js'

const nobody = { type: null, host: null, uuid: null, group: null, memberId: null, actor: null, source: null, reason: null, massLoss: false, before: null, after: null, gap: null }

function service(disabledReason: string | null, uuid = 'u1'): ObservedService {
  return {
    uuid, type: 'api', host: 'h1', topic: 'api', region: null, zone: null, status: disabledReason === null ? 'enabled' : 'disabled', state: 'up', effective: disabledReason === null ? 'up' : 'down',
    disabledReason, forcedDown: false, maintenance: null, version: 0, reportCount: 1, lastSeenUp: null,
  }
}

const change = (seq: number, kind: Change['kind'], more: Partial<Change>): Change => ({ ...nobody, seq, id: `c${seq}`, at: '2026-01-01T00:00:00.000Z', kind, cause: 'admin', ...more })
const disabled = (seq: number, before: string | null, after: string): Change => change(seq, 'service.updated', { uuid: 'u1', actor: after.slice(0, 2), reason: after, before: service(before), after: service(after) })
const joined = (seq: number, memberId: string): Change => change(seq, 'worker.joined', { memberId, cause: 'join' })
const left = (seq: number, memberId: string, cause: Change['cause']): Change => change(seq, 'worker.left', { memberId, cause })

const right: readonly Change[] = [
  change(1, 'service.created', { uuid: 'u1', cause: 'join', after: service(null) }),
  disabled(2, null, 'w0-0'),
  joined(3, 'm1'),
  disabled(4, 'w0-0', 'w1-0'),
  joined(5, 'm2'),
  left(6, 'm1', 'leave'),
  left(7, 'm2', 'session_lost'),
]
const reasons = ['w0-0', 'w1-0']
const ended = [{ memberId: 'm1', how: 'left' }, { memberId: 'm2', how: 'killed' }] as const
const acknowledged = [1, 2, 4].map((seq) => ({ id: `c${seq}`, seq }))

/** The log with one of its changes, by number, in another way; or without it. */
const but = (seq: number, more?: Partial<Change>): Change[] => right.flatMap((one) => (one.seq !== seq ? [one] : more ? [{ ...one, ...more }] : []))
/** The log as if that change had been told a second time, at its end. */
const twice = (seq: number): Change[] => [...right, { ...(right[seq - 1] as Change), seq: right.length + 1, id: `c${right.length + 1}` }]

test('a log in which all is told once, in order and as it was, is as it should be', () => {
  const found = [
    brokenNumbers(right), repeatedIds(right), unlike(right, [...right]), notOnce(reasons, right), wrongAuthors(reasons, right), brokenChains(right), brokenSteps(reasons, right), brokenLives(ended, right), wrongCauses(ended, right),
    unknownDeaths(ended, right), staleServices([service('w1-0')], right), notAcknowledged(right, acknowledged, 0), strangers(right, acknowledged), overtaken(acknowledged),
  ]
  expect(found).toEqual(found.map(() => 0))
})

test('a number that is missing, and one that comes twice, are found', () => {
  expect(brokenNumbers(but(6))).toBe(1)
  expect(brokenNumbers(but(6, { seq: 5 }))).toBe(1)
  expect(repeatedIds(but(6, { id: 'c5' }))).toBe(1)
})

test('a reader who is told less, more or otherwise than is in the log is found', () => {
  expect(unlike(right, right.slice(0, -1))).toBe(1)
  expect(unlike(right, [...right, joined(8, 'm3')])).toBe(1)
  expect(unlike(right, but(6, { cause: 'unknown' }))).toBe(1)
})

test('a change that is not told, is told twice, or as the work of another, is found', () => {
  expect(notOnce(reasons, but(4))).toBe(1)
  expect(notOnce(reasons, twice(4))).toBe(1)
  expect(wrongAuthors(reasons, but(4, { actor: 'w0' }))).toBe(1)
  expect(wrongAuthors(reasons, but(4, { cause: 'unknown' }))).toBe(1)
})

test('changes of a service that change places, or of which one is missing, are found', () => {
  expect(brokenChains(but(2))).toBe(1)
  expect(brokenChains([right[0], right[3], right[1]] as Change[])).toBe(2)
})

test('changes of a service that are told out of order are found, also when each begins where the one before ended', () => {
  const window = { note: 'w1-1', start: '2026-01-01T00:00:00Z', until: '9999-12-31T00:00:00Z' }
  const both: ObservedService = { ...service('w0-0'), maintenance: window }
  const inMaintenance = change(3, 'service.updated', { uuid: 'u1', actor: 'w1', reason: 'w1-1', before: service('w0-0'), after: both })
  const made = [right[0] as Change, right[1] as Change, inMaintenance]
  const swapped = [right[0], { ...inMaintenance, before: service(null) }, { ...right[1], before: both }] as Change[]
  expect([brokenChains(made), brokenSteps(['w0-0', 'w1-1'], made)]).toEqual([0, 0])
  expect([brokenChains(swapped), brokenSteps(['w0-0', 'w1-1'], swapped)]).toEqual([0, 2])
  expect(brokenSteps(reasons, but(4, { after: service('w0-0') }))).toBe(1)
  expect(brokenSteps(reasons, but(4, { before: null }))).toBe(1)
})

test('a worker whose coming or going is not told, or twice, is found', () => {
  for (const seq of [3, 6]) {
    expect([seq, brokenLives(ended, but(seq))]).toEqual([seq, 1])
    expect([seq, brokenLives(ended, twice(seq))]).toEqual([seq, 1])
  }
})

test('a leaver that is said to have died or of which nothing is known, and a death that is said to be a leave, are found', () => {
  expect(wrongCauses(ended, but(6, { cause: 'session_lost' }))).toBe(1)
  expect(wrongCauses(ended, but(6, { cause: 'unknown' }))).toBe(1)
  expect(wrongCauses(ended, but(7, { cause: 'leave' }))).toBe(1)
  expect(wrongCauses(ended, but(3, { cause: 'unknown' }))).toBe(1)
  expect([wrongCauses(ended, but(7, { cause: 'unknown' })), unknownDeaths(ended, but(7, { cause: 'unknown' }))]).toEqual([0, 1])
})

test('a service of which the log tells nothing, or something else than is so, is found', () => {
  expect(staleServices([service('w0-0')], right)).toBe(1)
  expect(staleServices([service(null, 'u2')], right)).toBe(1)
})

test('a notification that a sink was never told, one that it was told under another name, and one that came too late, are found', () => {
  expect(notAcknowledged(right, acknowledged.slice(1), 0)).toBe(1)
  expect(notAcknowledged(right, acknowledged.slice(1), 1)).toBe(0)
  expect(strangers(right, [...acknowledged, { id: 'c2', seq: 4 }])).toBe(1)
  expect(overtaken([1, 3, 2, 3].map((seq) => ({ id: `c${seq}`, seq })))).toBe(1)
  expect(overtaken([1, 2, 3, 2, 3, 4].map((seq) => ({ id: `c${seq}`, seq })))).toBe(0)
})
