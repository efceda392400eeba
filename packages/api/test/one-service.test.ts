import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'
import type { Membership, Service } from '@muster/servicegroup'

import { ServedStore } from './served-store.js'

const audit: Record<string, unknown>[] = []
let store: ServedStore
let membership: Membership
let path: string

beforeEach(async () => {
  audit.length = 0
  const keepAudit = (fields: Record<string, unknown>): void => {
    if ('audit' in fields) audit.push(fields)
  }
  store = await ServedStore.start({ ...silentLogger, info: keepAudit })
  membership = await store.serviceGroup.join({ group: 'g', name: 'api', hostname: 'h1' })
  const [row] = (await store.list('/v1/service?view=services&state=up', 1)) as Service[]
  path = `/v1/service/${row?.uuid}`
})

afterEach(() => store[Symbol.asyncDispose]())

const patch = (body: unknown, headers: Record<string, string> = {}, query = ''): Promise<Response> =>
  store.get(path + query, { method: 'PATCH', headers: { 'Content-Type': 'application/merge-patch+json', ...headers }, body: JSON.stringify(body) })

const read = async (query = ''): Promise<{ tag: string; row: Service }> => {
  const response = await store.get(path + query)
  return { tag: response.headers.get('ETag') ?? '', row: (await response.json()) as Service }
}

describe('GET /v1/service/{uuid}', () => {
  test('has a tag of its record and its states; a client that has it gets 304, until one of them changes', async () => {
    const { tag, row } = await read()
    expect(row).toEqual((await store.serviceGroup.getMany()).services[0])
    expect(tag).toBe(`"${row.index}.uu"`)
    const again = await store.get(path, { headers: { 'If-None-Match': tag } })
    expect([again.status, again.headers.get('X-Svc-As-Of')]).toEqual([304, expect.stringMatching(/Z$/)])
    await membership.leave()
    await store.list('/v1/service?view=services&state=down', 1)
    const down = await store.get(path, { headers: { 'If-None-Match': tag } })
    expect([down.status, down.headers.get('ETag')]).toEqual([200, `"${row.index}.dd"`])
  })

  test('of one that nobody knows is not found, in the view and in the backend; the answer says as of when', async () => {
    for (const query of ['', '?consistent=true']) {
      const response = await store.get(`/v1/service/nosuch${query}`)
      expect(await response.json()).toMatchObject({ status: 404, error: 'not_found', detail: 'The service nosuch was not found' })
      expect(response.headers.get('X-Svc-As-Of')).toMatch(/Z$/)
    }
  })
})

describe('PATCH', () => {
  test('changes what it names and answers with the service and its new tag; who, why and from where is logged', async () => {
    const before = (await read()).row
    const response = await patch({ status: 'disabled', disabledReason: 'disk' }, { 'X-Svc-Actor': encodeURIComponent('zoë@ops') }, '?reason=INC-7')
    const row = (await response.json()) as Service
    expect(row).toMatchObject({ uuid: before.uuid, status: 'disabled', disabledReason: 'disk', state: 'up', effective: 'down' })
    expect([response.status, response.headers.get('ETag')]).toEqual([200, `"${row.index}.ud"`])
    expect((await read('?consistent=true')).row).toEqual(row)
    expect(audit).toMatchObject([{ audit: 'service.updated', actor: 'zoë@ops', reason: 'INC-7', source: expect.stringContaining('127.0.0.1'), before: { status: 'enabled' }, after: { status: 'disabled' } }])

    const enabled = await patch({ status: 'enabled' }, { 'Content-Type': 'application/json' })
    expect(await enabled.json()).toMatchObject({ status: 'enabled', disabledReason: null, effective: 'up' })
    expect(audit[1]).toMatchObject({ actor: 'http', reason: null })
  })

  test('null takes a value away; a part of a window is laid on the window that is there', async () => {
    expect(await (await patch({ zone: 'az-1', region: 'r' })).json()).toMatchObject({ zone: 'az-1', region: 'r' })
    expect(await (await patch({ zone: null })).json()).toMatchObject({ zone: null, region: 'r' })
    const [start, until, later] = ['2030-01-01T00:00:00.000Z', '2030-01-02T00:00:00.000Z', '2030-01-03T00:00:00.000Z']
    const maintained = await patch({ maintenance: { note: 'disks', start, until } })
    expect(await maintained.json()).toMatchObject({ maintenance: { note: 'disks', start, until }, effective: 'up' })
    expect(maintained.headers.get('ETag')).toMatch(/\.uum"$/)
    expect(await (await patch({ maintenance: { until: later } })).json()).toMatchObject({ maintenance: { note: 'disks', start, until: later } })
    expect(await (await patch({ maintenance: { note: null, start: null } })).json()).toMatchObject({ maintenance: { note: null, until: later }, effective: 'down' })
    expect(await (await patch({ maintenance: null })).json()).toMatchObject({ maintenance: null, effective: 'up' })
    expect(await (await patch({ maintenance: { note: 'x' } })).json()).toMatchObject({ status: 400, errors: [{ parameter: 'maintenance.until' }] })
  })

  test('If-Match compares the record alone: a worker that left is no conflict, another change is', async () => {
    const { tag, row } = await read()
    await membership.leave()
    await store.list('/v1/service?view=services&state=down', 1)
    const first = await patch({ forcedDown: true }, { 'If-Match': tag })
    expect(first.status).toBe(200)
    for (const stale of [tag, `"${row.index}"`, `W/${first.headers.get('ETag') ?? ''}`, 'nonsense', '""']) {
      expect(await (await patch({ forcedDown: false }, { 'If-Match': stale })).json()).toMatchObject({ status: 412, error: 'version_conflict' })
    }
    expect((await read('?consistent=true')).row.forcedDown).toBe(true)
    expect((await patch({ zone: 'a' }, { 'If-Match': `${tag}, ${first.headers.get('ETag') ?? ''}` })).status).toBe(200)
    expect((await patch({ zone: 'b' }, { 'If-Match': '*' })).status).toBe(200)
  })

  test.each([
    [{ disabledReson: 'x' }, 'disabledReson', "Unknown field 'disabledReson'. Did you mean 'disabledReason'?"],
    [{ maintenance: { untill: 'x' } }, 'maintenance.untill', "Unknown field 'maintenance.untill'. Did you mean 'until'?"],
    [{ status: 'off' }, 'status', expect.stringContaining("Field 'status' is none of enabled, disabled")],
    [{ forcedDown: 'true' }, 'forcedDown', "Field 'forcedDown' must be boolean."],
    [{ version: -1 }, 'version', "Field 'version' must be >= 0."],
    [{ zone: 'x'.repeat(256) }, 'zone', expect.stringContaining('255')],
  ])('%j is refused by the name of the field, and nothing is written', async (body, parameter, detail) => {
    expect(await (await patch(body)).json()).toMatchObject({ status: 400, error: 'invalid_argument', errors: [{ parameter, detail }] })
    expect(audit).toEqual([])
  })

  test.each([[[]], [{ disabledReason: 'without disabling' }], [{ maintenance: { note: null, start: null, until: '2001-01-01T00:00:00Z' } }]])('%j is refused', async (body) => {
    expect(await (await patch(body)).json()).toMatchObject({ status: 400, error: 'invalid_argument' })
  })

  test('another type of body is not read; none at all, an unknown service and a reason too long are refused', async () => {
    const typed = await patch([{ op: 'remove', path: '/zone' }], { 'Content-Type': 'application/json-patch+json' })
    expect([typed.status, typed.headers.get('Accept-Patch')]).toEqual([415, 'application/merge-patch+json, application/json'])
    expect((await store.get(path, { method: 'PATCH' })).status).toBe(400)
    expect((await patch({ zone: 'a' }, {}, `?reason=${'x'.repeat(1025)}`)).status).toBe(400)
    const unknown = await store.get('/v1/service/nosuch', { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: '{}' })
    expect(await unknown.json()).toMatchObject({ status: 404, error: 'not_found' })
    const put = await store.get(path, { method: 'PUT' })
    expect([put.status, put.headers.get('Allow')]).toEqual([405, 'GET, HEAD, PATCH, DELETE'])
  })
})

describe('DELETE', () => {
  test('is refused while a worker lives, unless forced; answers with what it was; after that there is none', async () => {
    const { tag, row } = await read()
    const refused = await store.get(path, { method: 'DELETE' })
    expect(await refused.json()).toMatchObject({ status: 409, error: 'service_in_use', hint: expect.any(String) })
    expect((await store.get(path, { method: 'DELETE', headers: { 'If-Match': '"1.uu"' } })).status).toBe(412)
    const deleted = await store.get(`${path}?force=true&reason=gone`, { method: 'DELETE', headers: { 'If-Match': tag } })
    expect([deleted.status, ((await deleted.json()) as Service).uuid]).toEqual([200, row.uuid])
    expect(audit).toMatchObject([{ audit: 'service.deleted', actor: 'http', reason: 'gone' }])
    expect((await store.get(path, { method: 'DELETE' })).status).toBe(404)
    await store.list('/v1/service?view=services', 0)
    expect((await store.get(path)).status).toBe(404)
  })
})

describe('GET /v1/service/{uuid}/explanation', () => {
  test('tells the workers that live and who has decided what; 404 of a service nobody knows', async () => {
    await patch({ status: 'disabled', disabledReason: 'disk' }, { 'X-Svc-Actor': 'ann' }, '?reason=disk')
    const response = await store.get(`${path}/explanation`)
    const { service, workers, decisions } = (await response.json()) as { service: Service; workers: unknown[]; decisions: object }
    expect([response.status, response.headers.get('X-Svc-As-Of')]).toEqual([200, expect.stringMatching(/Z$/)])
    expect([service.status, service.state]).toEqual(['disabled', 'up'])
    expect(workers).toEqual([expect.objectContaining({ memberId: membership.worker.memberId, hostname: 'h1' })])
    expect(decisions).toEqual({ status: { actor: 'ann', source: '127.0.0.1', at: expect.stringMatching(/Z$/), reason: 'disk' } })
    expect((await store.get('/v1/service/no-such/explanation')).status).toBe(404)
  })
})
