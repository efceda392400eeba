import { once } from 'node:events'

import { afterEach, describe, expect, test } from '@jest/globals'
import type { Worker } from '@muster/servicegroup'

import { a, b, c, closeScenes, joined, left, named, scene } from './scene.test.support.js'

afterEach(closeScenes)

describe('a stream', () => {
  test('tells the workers there are, that this is all, and then each change under an id of its own', async () => {
    const { view, watch } = await scene({ rows: [a] })
    const reader = await watch()
    expect(await reader.next()).toEqual({ event: 'snapshot', id: undefined, data: [a] })
    const synced = await reader.next()
    expect(synced).toEqual({ event: 'synced', id: expect.stringMatching(/^[0-9a-f]{12}-0$/), data: {} })
    view.happen(joined(b), left(a))
    const life = synced?.id?.slice(0, -1) ?? ''
    expect(await reader.next()).toEqual({ event: 'change', id: `${life}1`, data: { type: 'joined', worker: b } })
    expect(await reader.next()).toEqual({ event: 'change', id: `${life}2`, data: { type: 'left', before: a } })
    const again = { ...b, incarnation: 2 }
    view.happen({ type: 'updated', worker: again, before: b, rejoined: true })
    expect(await reader.next()).toEqual({ event: 'change', id: `${life}3`, data: { type: 'updated', worker: again, before: b, rejoined: true } })
  })

  test('goes through proxies as it is, and says when to come back', async () => {
    const { watch } = await scene()
    const { response } = await watch()
    expect(response.statusCode).toBe(200)
    expect(response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' })
    expect(response.headers['content-encoding']).toBeUndefined()
    const [first] = (await once(response, 'data')) as [string]
    expect(first).toMatch(/^retry: [12]\d{3}\n\n/)
  })

  test('of an empty view is synced at once; a large one comes in events of some hundred rows, all of them', async () => {
    const empty = await scene()
    expect(await (await empty.watch()).next()).toMatchObject({ event: 'synced' })

    const rows = Array.from({ length: 1003 }, (_, index) => named(`w${String(index).padStart(4, '0')}`, { group: index % 2 === 0 ? 'even' : 'odd' }))
    const { watch } = await scene({ rows })
    for (const [query, expected] of [['', rows], ['', rows], ['?group=odd', rows.filter(({ group }) => group === 'odd')]] as const) {
      const events = await (await watch(query)).until('synced')
      const chunks = events.slice(0, -1).map(({ data }) => data as Worker[])
      expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(200)
      expect(chunks.flat()).toEqual(expected)
    }
  })

  test('with a filter tells what concerns it: a worker that comes into it joins, one that goes out of it leaves', async () => {
    const { view, watch } = await scene({ rows: [a, b] })
    const reader = await watch('?name=a&name=x')
    expect(await reader.next()).toMatchObject({ event: 'snapshot', data: [a] })
    await reader.until('synced')
    const x = { ...b, name: 'x' }
    view.happen(joined(c), { type: 'updated', worker: x, before: b, rejoined: false })
    expect(await reader.next()).toMatchObject({ event: 'change', data: { type: 'joined', worker: x } })
    view.happen({ type: 'updated', worker: b, before: x, rejoined: false })
    expect(await reader.next()).toMatchObject({ event: 'change', data: { type: 'left', before: x } })
  })

  test('shows that the server lives, and to a client that sees nothing of what happens, how far it is', async () => {
    const { view, watch } = await scene({ rows: [a], feed: { heartbeatMs: 20 } })
    const reader = await watch('?name=a')
    await reader.until('synced')
    expect(await reader.next([])).toMatchObject({ event: 'comment' })
    view.happen(joined(b))
    expect((await reader.until('synced')).at(-1)?.id).toMatch(/-1$/)
    expect(await reader.next([])).toMatchObject({ event: 'comment' })
  })
})

describe('a client that comes back', () => {
  test('goes on after the last event it has, without loss or repeat', async () => {
    const { view, watch } = await scene({ rows: [a] })
    const first = await watch()
    await first.until('synced')
    view.happen(joined(b))
    const id = (await first.next())?.id ?? ''
    first.close()
    view.happen(joined(c), left(b))
    const reader = await watch('', { 'Last-Event-ID': id })
    expect((await reader.until('synced')).map(({ event, data }) => [event, (data as { type?: string }).type])).toEqual([['change', 'joined'], ['change', 'left'], ['synced', undefined]])
  })

  test.each(['000000000000-1', 'nonsense', '-1', 'LIFE-2', 'LIFE-', 'LIFE-1.5', 'LIFE-99999999999999999999'])('with an id that is not known (%s) is told so, once, and begins anew', async (id) => {
    const { view, watch } = await scene({ rows: [a] })
    const life = (await (await watch()).until('synced')).at(-1)?.id?.split('-')[0] ?? ''
    view.happen(joined(b))
    const reader = await watch('', { 'Last-Event-ID': id.replace('LIFE', life) })
    expect(await reader.until('synced')).toEqual([
      { event: 'reset', id: '', data: { reason: expect.any(String) } },
      { event: 'snapshot', id: undefined, data: [a, b] },
      { event: 'synced', id: `${life}-1`, data: {} },
    ])
  })

  test('after more changes than the ring holds begins anew; within them it goes on', async () => {
    const { view, watch } = await scene({ rows: [a], feed: { ring: { changes: 2, bytes: 1e6 } } })
    const id = (await (await watch()).until('synced')).at(-1)?.id ?? ''
    view.happen(joined(b), joined(c))
    expect((await (await watch('', { 'Last-Event-ID': id })).until('synced')).map(({ event }) => event)).toEqual(['change', 'change', 'synced'])
    view.happen(left(c))
    expect((await (await watch('', { 'Last-Event-ID': id })).until('synced')).map(({ event }) => event)).toEqual(['reset', 'snapshot', 'synced'])
  })

  test('a snapshot that others have begun with is used again with what came after it, as long as that is little', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => named(`w${index}`))
    const { view, watch } = await scene({ rows })
    await (await watch()).until('synced')
    view.happen(joined(a), joined(b))
    expect((await (await watch()).until('synced')).map(({ event }) => event)).toEqual(['snapshot', 'change', 'change', 'synced'])
    view.happen(joined(c))
    expect((await (await watch()).until('synced')).map(({ event }) => event)).toEqual(['snapshot', 'synced'])
  })
})
