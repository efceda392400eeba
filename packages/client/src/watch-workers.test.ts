import { describe, expect, test } from '@jest/globals'
import { BackendUnreachable, Closed, NotAllowed, silentLogger } from '@muster/common'
import type { Worker, WorkerChange } from '@muster/servicegroup'

import { watchByPolling } from './watch-workers.js'
import type { Polled } from './watch-workers.js'

const worker = (memberId: string): Worker => ({
  name: memberId,
  hostname: null,
  process: null,
  created: null,
  group: 'g',
  type: null,
  state: 'up',
  region: null,
  zone: null,
  version: null,
  labels: {},
  memberId,
  incarnation: 1,
})

const list = (ids: string, more: Partial<Polled> = {}): Polled => ({ workers: Array.from(ids, worker), etag: ids, asOf: undefined, ...more })
const outage = new BackendUnreachable('http://h', 'nothing listens there')

const brief = (change: WorkerChange): string => (change.type === 'left' ? `-${change.before.memberId}` : `+${change.worker.memberId}`)

interface Played {
  readonly told: readonly string[]
  readonly tags: readonly (string | undefined)[]
  readonly pauses: readonly number[]
  readonly logged: readonly string[]
  readonly end: unknown
}

/** Plays a watch against polls that end in `script`, one after the other, then Closed; tells what it yielded and did. */
async function play(script: readonly (Polled | Error | undefined)[]): Promise<Played> {
  const [told, tags, pauses, logged]: [string[], (string | undefined)[], number[], string[]] = [[], [], [], []]
  const remaining = [...script]
  const keep = (_fields: object, message: string): void => void logged.push(message)
  const changes = watchByPolling({
    poll: (etag) => {
      tags.push(etag)
      const next = remaining.length > 0 ? remaining.shift() : new Closed('The client')
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
    },
    pause: (ms) => {
      pauses.push(ms)
      return Promise.resolve()
    },
    intervalMs: 100,
    logger: { ...silentLogger, info: keep, warn: keep },
  })
  let end: unknown
  try {
    for await (const batch of changes) told.push(batch.map(brief).join(' '))
  } catch (error) {
    end = error
  }
  return { told, tags, pauses, logged, end }
}

describe('a watch by polling', () => {
  test('tells the first list, also an empty one, then differences only', async () => {
    expect((await play([list('ab'), undefined, list('ab'), list('bc')])).told).toEqual(['+a +b', '-a +c'])
    expect((await play([list(''), list('a')])).told).toEqual(['', '+a'])
  })

  test('asks with the tag of the last list', async () => {
    expect((await play([list('a'), undefined, list('ab')])).tags).toEqual([undefined, 'a', 'a', 'ab'])
  })

  test('an outage is nobody leaving: it is logged once, tried again ever more slowly, and what changed meanwhile is told after it', async () => {
    const { told, pauses, logged } = await play([list('ab'), outage, outage, outage, list('bc')])
    expect(told).toEqual(['+a +b', '-a +c'])
    expect(logged).toEqual(['the server cannot be asked, trying again', 'the server answers again'])
    const [usual, ...after] = pauses
    expect(usual).toBe(100)
    for (const [index, ceiling] of [100, 200, 400].entries()) {
      expect(after[index]).toBeGreaterThanOrEqual(ceiling / 2)
      expect(after[index]).toBeLessThanOrEqual(ceiling)
    }
    expect(after[3]).toBe(100)
  })

  test('a list that the server itself calls old is no news', async () => {
    const old = { asOf: '2026-01-01T00:00:00.000Z' }
    const { told, tags } = await play([list('ab'), list('a', old), list('abc')])
    expect(told).toEqual(['+a +b', '+c'])
    expect(tags).toEqual([undefined, 'ab', 'ab', 'abc'])
    expect((await play([list('a', old), list('ab')])).told).toEqual(['+a', '+b']) // the first list is told: there is no better one
  })

  test('ends with a failure of the first look, with a refusal, and with Closed', async () => {
    expect((await play([outage])).end).toBe(outage)
    const refusal = new NotAllowed('No token')
    expect(await play([list('a'), refusal])).toMatchObject({ told: ['+a'], end: refusal })
    expect((await play([list('a')])).end).toMatchObject({ code: 'closed' })
  })
})
