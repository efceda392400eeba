import { afterEach, describe, expect, test } from '@jest/globals'
import type { Service } from '@muster/servicegroup'

import { service } from '../hand-made-view.test.support.js'
import { a, closeScenes, joined, scene } from './scene.test.support.js'

afterEach(closeScenes)

const on = (host: string, more: Partial<Service> = {}): Service => ({ ...service, uuid: host, host, ...more })
const [one, two] = [on('h1'), on('h2')]

describe('a stream of services', () => {
  test('tells the services there are, that this is all, and then each change; workers are another stream, and their ids are not known here', async () => {
    const { view, services, watch } = await scene()
    services.happen({ type: 'created', service: one })
    const reader = await watch('?view=services')
    expect(await reader.next()).toEqual({ event: 'snapshot', id: undefined, data: [one] })
    const synced = await reader.next()
    expect(synced).toEqual({ event: 'synced', id: expect.stringMatching(/^[0-9a-f]{12}-1$/), data: {} })
    expect(reader.response.headers['x-svc-as-of']).toMatch(/Z$/)
    view.happen(joined(a))
    const down = { ...one, state: 'down', effective: 'down' } as const
    services.happen({ type: 'updated', service: down, before: one }, { type: 'deleted', before: down })
    const life = synced?.id?.slice(0, -1) ?? ''
    expect(await reader.next()).toEqual({ event: 'change', id: `${life}2`, data: { type: 'updated', service: down, before: one } })
    expect(await reader.next()).toEqual({ event: 'change', id: `${life}3`, data: { type: 'deleted', before: down } })

    const workers = await watch('', { 'Last-Event-ID': `${life}2` })
    expect((await workers.until('synced')).map(({ event }) => event)).toEqual(['reset', 'snapshot', 'synced'])
    const back = await watch('?view=services', { 'Last-Event-ID': `${life}2` })
    expect((await back.until('synced')).map(({ event, id }) => [event, id])).toEqual([['change', `${life}3`], ['synced', `${life}3`]])
  })

  test('with a filter tells what concerns it: one that comes into it is created, one that goes out of it is deleted', async () => {
    const { services, watch } = await scene()
    services.happen({ type: 'created', service: one })
    const reader = await watch('?view=services&status=disabled&status=enabled&effective=down')
    await reader.until('synced')
    const disabled = { ...one, status: 'disabled', effective: 'down' } as const
    services.happen({ type: 'created', service: two }, { type: 'updated', service: disabled, before: one }, { type: 'updated', service: one, before: disabled })
    expect((await reader.next())?.data).toEqual({ type: 'created', service: disabled })
    expect((await reader.next())?.data).toEqual({ type: 'deleted', before: disabled })
  })

  test('shows that the server lives, and ends with it; a parameter of workers is refused', async () => {
    const { watch, stop, ask } = await scene({ feed: { heartbeatMs: 20 } })
    const reader = await watch('?view=services')
    await reader.until('synced')
    expect(await reader.next([])).toMatchObject({ event: 'comment' })
    expect(await (await ask('/v1/watch?view=services&group=g')).json()).toMatchObject({ status: 400, errors: [{ parameter: 'group' }] })
    stop()
    expect(await reader.next()).toBeUndefined()
    expect((await ask('/v1/watch?view=services')).status).toBe(503)
  })

  test('while the backend does not answer says so; what is too old is refused unless that was asked for', async () => {
    const { view, watch, ask } = await scene()
    const reader = await watch('?view=services')
    await reader.until('synced')
    view.change({ connection: { state: 'suspended', epoch: 1, reason: 'the store is locked' }, lastContact: Date.now() - 5000 })
    expect(await reader.next()).toMatchObject({ event: 'stale' })
    view.change({ lastContact: Date.now() - 60_000 })
    for (const path of ['/v1/watch?view=services', '/v1/service?view=services', '/v1/service/h1', '/v1/liveness?uuid=h1', '/v1/host', '/v1/zone', '/v1/group/g/member']) {
      expect([path, (await ask(path)).status]).toEqual([path, 503])
    }
    const old = await ask('/v1/service?view=services&stale=1h')
    expect([old.status, old.headers.get('Warning')]).toEqual([200, expect.stringMatching(/^110 /)])
    view.change({ connection: { state: 'connected', epoch: 1 } })
    expect((await ask('/v1/service?view=services')).headers.get('Warning')).toBeNull()
  })
})
