import { expect, test } from '@jest/globals'

import { check } from './check.js'
import type { Claim, Event, Happening, History, Rest, Truth } from './history.js'

const bounds = { goneWithin: 2000, seenWithin: 1000, exitWithin: 5000 }

const at = (moment: number, by: string, happening: Happening): Event => ({ at: moment, by, ...happening })

let claims = 0
const claim = (by: string, of: Claim['of'], from: number, until: number): Claim => ({ by, id: `claim ${(claims += 1)}`, of, before: from - 0.1, from, until })

const held = (by: string, token: bigint, from: number, until: number, isShared = false): Claim => claim(by, { what: 'held', contest: 'lock-0', isShared, token }, from, until)
const member = (by: string, from: number, until: number): Claim => claim(by, { what: 'member', group: 'group-0', label: `${by} join 1` }, from, until)
const listed = (asked: number, ...members: string[]): Event => at(asked + 5, 'c', { type: 'listed', group: 'group-0', asked, members: ['unreadable', ...members] })
const viewed = (moment: number, ...members: string[]): Event => at(moment, 'c', { type: 'viewed', group: 'group-0', members: ['unreadable', ...members] })

const all = ['unreadable']
const resting: Truth = {
  by: 'c', memberId: 'member-3', isBusy: false, isConnected: true, joined: {}, contending: {}, leading: {}, leaders: {},
  views: { 'group-0': all, 'group-1': all }, lists: { 'group-0': all, 'group-1': all },
}
const rest = (changes: Partial<Truth> = {}, lines: Rest['lines'] = {}): Event => at(9000, 'the onlooker', { type: 'rest', rest: { truths: [{ ...resting, ...changes }], lines } })
const remains = (...left: string[]): Event => at(9900, 'the onlooker', { type: 'remains', remains: left })

/** What is wrong with a history that ends well. */
const judge = (events: Event[], said: Claim[] = [], ending: Event[] = [rest(), remains()]): string[] =>
  check({ events: [...events, ...ending].sort((a, b) => a.at - b.at), claims: said, bounds } satisfies History)

test('a lock that goes from hand to hand, and is shared in between, is as it should be', () => {
  expect(judge([], [held('a', 1n, 0, 10), held('b', 2n, 11, 20), held('a', 3n, 21, 40, true), held('b', 4n, 25, 50, true), held('c', 5n, 51, 60)])).toEqual([])
})

test('two holders at one moment are found, also when one of them shares', () => {
  expect(judge([], [held('a', 1n, 0, 10), held('b', 2n, 9.5, 20)])).toEqual(['two holders: a (lock-0 alone, token 1) and b (lock-0 alone, token 2) for 0.5 ms'])
  expect(judge([], [held('a', 1n, 0, 10, true), held('b', 2n, 4, 20)])).toEqual(['two holders: a (lock-0 shared, token 1) and b (lock-0 alone, token 2) for 6.0 ms'])
  expect(judge([], [held('a', 1n, 0, 10), held('a', 2n, 4, 5)])).toHaveLength(1)
})

test('one look proves a moment between two readings of the clock, no time', () => {
  const once = (by: string, token: bigint, before: number, after: number): Claim => ({ ...held(by, token, after, before), before })
  expect(judge([], [held('a', 1n, 0, 10), once('b', 2n, 5, 6)])).toHaveLength(1)
  expect(judge([], [held('a', 1n, 0, 10), once('b', 2n, 9, 11)])).toEqual([]) // it may have been after 10
  expect(judge([], [once('a', 1n, 9, 11), once('b', 2n, 9.5, 10)])).toEqual([])
})

test('a token that goes back, or does not grow, from one holder to the next is found', () => {
  expect(judge([], [held('a', 2n, 0, 10), held('b', 1n, 20, 30)])).toEqual(['a token went back: a (lock-0 alone, token 2), and after it b (lock-0 alone, token 1)'])
  expect(judge([], [held('a', 2n, 0, 10), held('b', 2n, 20, 30)])).toHaveLength(1)
  expect(judge([], [held('a', 2n, 0, 10, true), held('b', 1n, 1, 9, true)])).toEqual([]) // they may come in any order
})

test('a member that was in all the time and is not in a list is found; one that has just come may be missing', () => {
  expect(judge([listed(2000, 'a join 1')], [member('a', 0, 3000)])).toEqual([])
  expect(judge([listed(2000)], [member('a', 0, 3000)])).toEqual(['missing: a join 1 of a, which was in group-0 all the time, is not in the list that c asked for: unreadable'])
  expect(judge([listed(2000)], [member('a', 1500, 3000), member('b', 0, 2003)])).toEqual([])
})

test('a list without the member that nobody can read has failed for all', () => {
  expect(judge([at(20, 'c', { type: 'listed', group: 'group-0', asked: 10, members: [] })])).toEqual(['missing: the unreadable member of group-0 is not in the list that c asked for: nobody'])
})

test('a dead member that is shown for too long is found, faults and busy moments not counted', () => {
  const killed = at(1000, 'a', { type: 'killed' })
  expect(judge([killed, listed(2900, 'a join 1')])).toEqual([])
  expect(judge([killed, listed(3100, 'a join 1')])).toEqual(['shown: a join 1, dead for 2100 ms, is in the list that c asked for'])
  const trouble = at(2000, 'c', { type: 'fault', kind: 'partition', from: 1500 })
  expect(judge([killed, trouble, at(1700, 'b', { type: 'away', from: 1400 }), listed(3550, 'a join 1')])).toEqual([])
  expect(judge([killed, trouble, listed(3600, 'a join 1')])).toHaveLength(1)
})

test('one that has left is in no list that was asked for later', () => {
  expect(judge([at(1000, 'a', { type: 'left', label: 'a join 1' }), listed(1001, 'a join 1')])).toEqual(['shown: a join 1, which had left group-0 1 ms before, is in the list that c asked for'])
})

test('a view of a connected client must show who is in; one that is cut off must not forget whom it knew', () => {
  const connected = claim('c', { what: 'connected' }, 0, 4000)
  expect(judge([viewed(3000, 'a join 1')], [connected, member('a', 0, 9000)])).toEqual([])
  expect(judge([viewed(3000)], [connected, member('a', 0, 9000)])).toHaveLength(1)
  expect(judge([viewed(8000)], [connected, member('a', 0, 9000)])).toEqual(['missing: a join 1 of a, which was in group-0 all the time, is not in the view of c: unreadable'])
  expect(judge([viewed(8000)], [connected, member('a', 3500, 9000)])).toEqual([]) // it cannot know
})

test('calls without an outcome, with a late one, and with an error of no kind are found', () => {
  const asked = at(1000, 'a', { type: 'asked', call: 1, what: 'acquire lock-0', limitMs: 500 })
  const answered = (moment: number): Event => at(moment, 'a', { type: 'answered', call: 1, outcome: 'failed', code: 'operation_timed_out' })
  expect(judge([asked, answered(1600)])).toEqual([])
  expect(judge([asked, at(4000, 'a', { type: 'away', from: 1100 }), answered(4300)])).toEqual([]) // it was stopped
  expect(judge([asked, answered(4300)])).toEqual(['no outcome in time: a: acquire lock-0: after 3300 ms, 500 ms were the limit'])
  expect(judge([asked])).toEqual(['no outcome in time: a: acquire lock-0: none at all, 500 ms were the limit'])
  expect(judge([asked, at(1100, 'a', { type: 'killed' })])).toEqual([])
  expect(judge([asked, at(1100, 'a', { type: 'answered', call: 1, outcome: 'failed', message: 'TypeError: no' })])).toEqual(["an error that is none of Muster's: a: TypeError: no"])
})

test('a closed process that does not end is found, and what was left behind', () => {
  expect(judge([at(9500, 'a', { type: 'exited', code: 0, afterMs: 10 })])).toEqual([])
  expect(judge([at(9500, 'a', { type: 'exited', code: null, afterMs: 5000 })])).toEqual(['no end: a was closed and does not end within 5000 ms'])
  expect(judge([], [], [rest(), remains('member-1 in the line of lock-0')])).toEqual(['left behind: member-1 in the line of lock-0'])
  expect(judge([], [], [])).toEqual(['nobody looked at the rest', 'nobody looked at the remains'])
})

test('who is not back, sees another state than the true one, or stands in line without wanting to, is found', () => {
  const judgeRest = (changes: Partial<Truth>, lines?: Rest['lines']): string[] => judge([], [], [rest(changes, lines), remains()])
  expect(judgeRest({ contending: { 'lock-0': 1 } }, { 'lock-0': ['member-3'] })).toEqual([])
  expect(judgeRest({}, { 'lock-0': ['member-3'] })).toEqual(['no rest: in the line of lock-0: member-3; wanting: nobody'])
  expect(judgeRest({ contending: { 'lock-0': 1 } })).toEqual(['no rest: in the line of lock-0: nobody; wanting: member-3'])
  expect(judgeRest({ isBusy: true, isConnected: false })).toEqual(['no rest: c is not done', 'no rest: c is not connected'])
  expect(judgeRest({ views: { 'group-0': [], 'group-1': all } })).toEqual(['no rest: the view of group-0 that c has: ; there are unreadable'])
  expect(judgeRest({ joined: { 'group-0': 'c join 1 r0' } })).toHaveLength(2)
  expect(judgeRest({ leading: { 'group-0': 5n } })).toEqual(['no rest: the leader of group-0 that c sees: undefined; it is 5'])
})
