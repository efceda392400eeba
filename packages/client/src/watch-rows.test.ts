import { expect, test } from '@jest/globals'
import { BackendUnreachable, Closed, NotAllowed, NotFound, NotSupported, silentLogger } from '@muster/common'
import type { Worker } from '@muster/servicegroup'

import { workerTopic } from './topic.js'
import type { WatchEvent as EventOf } from './watch-events.js'
import { watchByEvents } from './watch-rows.js'
import { worker } from './worker.test.support.js'

type WatchEvent = EventOf<Worker>

const synced = (id: number, ...names: string[]): WatchEvent[] => [{ type: 'snapshot', rows: names.map((name) => worker(name)) }, { type: 'synced', id: `s-${id}` }]
const outage = new BackendUnreachable('http://h', 'nothing listens there')

interface Played {
  readonly told: readonly string[]
  readonly ids: readonly string[]
  readonly pauses: readonly number[]
  readonly logged: readonly string[]
  readonly end: unknown
}

/** Plays a watch against connections that give some events and then end, or fail; after the last of them with Closed. */
async function play(...connections: readonly (readonly WatchEvent[] | Error)[]): Promise<Played> {
  const [told, ids, pauses, logged]: [string[], string[], number[], string[]] = [[], [], [], []]
  const remaining = [...connections, new Closed('The client')]
  const keep = (_fields: object, message: string): void => void logged.push(message)
  const changes = watchByEvents({
    topic: workerTopic,
    connect: async function* (lastEventId) {
      ids.push(lastEventId)
      const next = await Promise.resolve(remaining.shift())
      if (next instanceof Error) throw next
      if (next) yield next
    },
    pause: (ms) => {
      pauses.push(ms)
      return Promise.resolve()
    },
    endpoint: 'http://h',
    logger: { ...silentLogger, info: keep, warn: keep },
  })
  let end: unknown
  try {
    for await (const batch of changes) told.push(batch.map((change) => (change.type === 'left' ? `-${change.before.memberId}` : `+${change.worker.memberId}`)).join(' '))
  } catch (error) {
    end = error
  }
  return { told, ids, pauses, logged, end }
}

test('an outage is nobody leaving: it is logged once, tried again ever more slowly, and what changed meanwhile is told after it', async () => {
  const { told, ids, pauses, logged } = await play(synced(1, 'a', 'b'), outage, outage, [{ type: 'reset' }, ...synced(7, 'b', 'c')])
  expect(told).toEqual(['+a +b', '-a +c'])
  expect(ids).toEqual(['', 's-1', 's-1', 's-1', 's-7'])
  expect(logged).toEqual(['the server is gone, trying again', 'the server is back', 'the server is gone, trying again'])
  for (const [index, ceiling] of [500, 1000, 2000, 500].entries()) {
    expect(pauses[index]).toBeGreaterThanOrEqual(ceiling / 2)
    expect(pauses[index]).toBeLessThanOrEqual(ceiling)
  }
})

test('a server that accepts and ends at once is asked ever more slowly', async () => {
  const { pauses } = await play(synced(1, 'a'), [], [], [], [])
  for (const [index, ceiling] of [500, 1000, 2000, 4000, 8000].entries()) expect(pauses[index]).toBeGreaterThanOrEqual(ceiling / 2)
})

test.each([new NotFound('/v1/watch'), new NotAllowed('No token'), new NotSupported('406'), new Closed('The client')])('what will never work ends it: %s', async (refusal) => {
  expect(await play(synced(1, 'a'), refusal)).toMatchObject({ told: ['+a'], end: refusal })
})

test('what fails before the first workers are told is thrown', async () => {
  expect((await play(outage)).end).toBe(outage)
  expect((await play([{ type: 'snapshot', rows: [worker('a')] }])).end).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('ended the stream') })
})

test('a server that loses its backend is told once, and that it has it again', async () => {
  const { logged } = await play([...synced(1, 'a'), { type: 'stale', asOf: null }], [{ type: 'unavailable', asOf: null }, ...synced(1)], [...synced(1, 'a')])
  expect(logged.filter((line) => line.includes('backend'))).toEqual(['the server cannot reach its backend; what it tells is old', 'the server reaches its backend again'])
})
