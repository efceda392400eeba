import { describe, expect, test } from '@jest/globals'
import type { Worker, WorkerChange } from '@muster/servicegroup'

import { Replica } from './replica.js'
import { workerTopic } from './topic.js'
import type { WatchEvent as EventOf } from './watch-events.js'
import { worker } from './worker.test.support.js'

type WatchEvent = EventOf<Worker>

const snapshot = (ids: string): WatchEvent => ({ type: 'snapshot', rows: Array.from(ids, (id) => worker(id)) })
const synced = (id: number): WatchEvent => ({ type: 'synced', id: `s-${id}` })
const joined = (id: number, name: string): WatchEvent => ({ type: 'change', id: `s-${id}`, row: worker(name), before: undefined, rejoined: false })
const left = (id: number, name: string): WatchEvent => ({ type: 'change', id: `s-${id}`, row: undefined, before: worker(name), rejoined: false })
const updated = (id: number, row: Worker, before: Worker): WatchEvent => ({ type: 'change', id: `s-${id}`, row, before, rejoined: true })
const reset: WatchEvent = { type: 'reset' }
const stale: WatchEvent = { type: 'stale', asOf: null }
const current: WatchEvent = { type: 'current', asOf: null }

const brief = (change: WorkerChange): string => (change.type === 'left' ? `-${change.before.memberId}` : `${change.type === 'joined' ? '+' : '*'}${change.worker.memberId}`)

/** Plays connections, each of packets of events; tells what was taken after each packet, and the id with which each connection went on. */
function play(...connections: readonly (readonly WatchEvent[])[][]): { told: (string | undefined)[]; ids: string[] } {
  const replica = new Replica(workerTopic)
  const told: (string | undefined)[] = []
  const ids: string[] = []
  for (const packets of connections) {
    replica.begin()
    ids.push(replica.lastEventId)
    for (const events of packets) {
      for (const event of events) replica.apply(event)
      told.push(replica.take()?.map(brief).join(' '))
    }
  }
  return { told, ids }
}

describe('what a consumer is told of a stream', () => {
  test('who is there when all of it has come, also nobody; then each change', () => {
    expect(play([[snapshot('ab')], [snapshot('c'), synced(0)], [joined(1, 'd'), left(2, 'a')], [left(3, 'd')]]).told).toEqual([undefined, '+a +b +c', '+d -a', '-d'])
    expect(play([[synced(0)], [joined(1, 'a')]]).told).toEqual(['', '+a'])
  })

  test('changes that come before the snapshot is whole are part of it', () => {
    expect(play([[snapshot('ab'), left(7, 'a')], [joined(8, 'c'), synced(8)]]).told).toEqual([undefined, '+b +c'])
  })

  test('goes on after the last event; what came twice is told once', () => {
    const { told, ids } = play([[snapshot('a'), synced(0)], [joined(1, 'b')]], [[joined(1, 'b'), left(2, 'a')], [left(2, 'a'), synced(2)]])
    expect(told).toEqual(['+a', '+b', '*b -a', undefined])
    expect(ids).toEqual(['', 's-1'])
  })

  test('after a reset the difference is told once, when the snapshot is whole', () => {
    expect(play([[snapshot('ab'), synced(0)]], [[reset], [snapshot('b')], [snapshot('c'), synced(9)]]).told).toEqual(['+a +b', undefined, undefined, '-a +c'])
    expect(play([[snapshot('ab'), synced(0), left(1, 'a'), reset, snapshot('bc'), synced(5)]]).told).toEqual(['+b +c'])
    expect(play([[snapshot('ab'), synced(0)], [left(1, 'a'), reset, snapshot('bc'), synced(5)]]).told).toEqual(['+a +b', '-a +c'])
    expect(play([[snapshot('ab'), synced(0)]], [[reset, synced(9)]]).told).toEqual(['+a +b', '-a -b'])
  })

  test('half a snapshot is worth nothing: the next connection begins anew, also with an empty one', () => {
    const { told, ids } = play([[snapshot('ab'), synced(0)]], [[reset, snapshot('b')]], [[synced(3)]])
    expect(told).toEqual(['+a +b', undefined, '-a -b'])
    expect(ids).toEqual(['', 's-0', ''])
  })

  test('a snapshot nobody announced, of a server that knows no ids, counts like any other', () => {
    expect(play([[snapshot('ab'), synced(0)]], [[snapshot('bc')], [synced(0)]]).told).toEqual(['+a +b', undefined, '-a +c'])
  })

  test('an update and a rejoin are told with what was known before', () => {
    const replica = new Replica(workerTopic)
    replica.begin()
    const [before, after] = [worker('a'), { ...worker('a'), incarnation: 2 }]
    for (const event of [snapshot('a'), synced(0)]) replica.apply(event)
    replica.take()
    replica.apply(updated(1, after, { ...before, zone: 'not this' }))
    expect(replica.take()).toEqual([{ type: 'updated', worker: after, before, rejoined: true }])
  })

  test('what a server tells anew while it cannot vouch for it waits until it can, over connections too', () => {
    const first = [[snapshot('ab'), synced(0)]]
    expect(play(first, [[stale, reset, snapshot('a')], [synced(4)], [joined(5, 'b')], [current]]).told).toEqual(['+a +b', undefined, undefined, undefined, undefined])
    expect(play(first, [[stale, reset, snapshot('a'), synced(4)]], [[stale], [joined(5, 'c'), current]]).told).toEqual(['+a +b', undefined, undefined, undefined])
    expect(play(first, [[stale, reset, snapshot('a'), synced(4)]], [[joined(5, 'c')], [synced(5)]])).toEqual({ told: ['+a +b', undefined, undefined, '-b +c'], ids: ['', 's-0', 's-4'] })
    expect(play([[stale, snapshot('a'), synced(0)], [current]]).told).toEqual(['+a', undefined]) // there is no better one
  })
})
