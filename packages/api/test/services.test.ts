import { describe, expect, test } from '@jest/globals'
import type { Service } from '@muster/servicegroup'

import { ServedStore } from './served-store.js'

const hosts = (rows: readonly unknown[]): unknown[] => rows.map((row) => (row as Service).host)

/** A store with services of some types on some hosts; their workers have left, except those that are said to live. */
async function withServices(...workers: readonly { type: string; hostname: string; zone?: string; lives?: boolean; labels?: Record<string, string> }[]): Promise<ServedStore> {
  const store = await ServedStore.start()
  for (const { lives = true, ...worker } of workers) {
    const membership = await store.serviceGroup.join({ group: 'g', name: worker.type, ...worker })
    if (!lives) await membership.leave()
  }
  await store.list('/v1/service?view=services', workers.length)
  await store.list('/v1/service', workers.filter(({ lives = true }) => lives).length)
  return store
}

describe('GET /v1/service?view=services', () => {
  test('lists the services by type and host with their keys in order; without the view it stays the list of workers', async () => {
    await using store = await withServices({ type: 'scheduler', hostname: 'h1' }, { type: 'nova-compute', hostname: 'h2', zone: 'az-1', lives: false }, { type: 'nova-compute', hostname: 'h1' })
    const response = await store.get('/v1/service?view=services')
    const rows = (await response.json()) as Service[]
    expect(rows).toEqual((await store.serviceGroup.getMany()).services)
    expect(rows.map(({ type, host, topic, state }) => [type, host, topic, state])).toEqual([
      ['nova-compute', 'h1', 'compute', 'up'],
      ['nova-compute', 'h2', 'compute', 'down'],
      ['scheduler', 'h1', 'scheduler', 'up'],
    ])
    expect(Object.keys(rows[0] ?? {}).join(' ')).toBe('uuid type host topic region zone status state effective disabledReason forcedDown maintenance version reportCount lastSeenUp createdAt updatedAt index')
    expect(Math.abs(Date.now() - Date.parse(response.headers.get('X-Svc-As-Of') ?? ''))).toBeLessThan(60_000)
    expect(response.headers.get('Warning')).toBeNull()
    expect((await store.get('/v1/service?view=services', { headers: { 'If-None-Match': response.headers.get('ETag') ?? '' } })).status).toBe(304)
    const workers = (await (await store.get('/v1/service')).json()) as unknown[]
    expect(workers).toEqual(await (await store.get('/v1/service?view=workers')).json())
    expect(workers).toHaveLength(2)
  })

  test('filters: fields are ANDed, a repeated field is ORed, labels are those of live workers', async () => {
    await using store = await withServices(
      { type: 'api', hostname: 'h1', zone: 'az-1', labels: { rack: 'r1', row: '7' } },
      { type: 'api', hostname: 'h2', zone: 'az-2', labels: { rack: 'r2', row: '7' } },
      { type: 'search', hostname: 'h3', zone: 'az-1', lives: false, labels: { rack: 'r1' } },
    )
    const [first] = (await store.serviceGroup.getMany()).services
    const listed = async (query: string): Promise<unknown[]> => hosts((await (await store.get(`/v1/service?view=services&${query}`)).json()) as unknown[])
    for (const consistent of ['', '&consistent=true']) {
      expect(await listed(`type=api&type=search&zone=az-1${consistent}`)).toEqual(['h1', 'h3'])
      expect(await listed(`state=down${consistent}`)).toEqual(['h3'])
      expect(await listed(`status=enabled&effective=up${consistent}`)).toEqual(['h1', 'h2'])
      expect(await listed(`uuid=${first?.uuid}${consistent}`)).toEqual(['h1'])
      expect(await listed(`label=rack%3Dr1${consistent}`)).toEqual(['h1'])
      expect(await listed(`label=rack=r1&label=rack=r2&label=row=7${consistent}`)).toEqual(['h1', 'h2'])
      expect(await listed(`label=rack=r1&label=row=8${consistent}`)).toEqual([])
      expect(await listed(`region=nosuch${consistent}`)).toEqual([])
    }
  })

  test('pages follow each other without loss or repeat while services come and go', async () => {
    await using store = await withServices(...['h1', 'h2', 'h3', 'h5', 'h6'].map((hostname) => ({ type: 'api', hostname, lives: false })))
    const first = await store.get('/v1/service/?view=services&type=api&limit=2')
    expect(hosts((await first.json()) as unknown[])).toEqual(['h1', 'h2'])
    const next = /^<(\?.*)>; rel="next"$/.exec(first.headers.get('Link') ?? '')?.[1] ?? ''
    expect(next).toMatch(/view=services&type=api&limit=2&cursor=/)

    await store.serviceGroup.delete({ type: 'api', host: 'h2' }) // the place where it goes on
    await store.serviceGroup.join({ group: 'g', name: 'api', hostname: 'h4' })
    await store.list('/v1/service?view=services&host=h4', 1)
    const second = await store.get(`/v1/service${next}`)
    expect(hosts((await second.json()) as unknown[])).toEqual(['h3', 'h4'])
    const last = await store.get(`/v1/service${/<(.*)>/.exec(second.headers.get('Link') ?? '')?.[1] ?? ''}`)
    expect(hosts((await last.json()) as unknown[])).toEqual(['h5', 'h6'])
    expect(last.headers.get('Link')).toBeNull()
  })

  test.each([
    ['view=servces', 'view', "Parameter 'view' is none of workers, services: \"servces\". Did you mean 'services'?"],
    ['view=services&status=enabld', 'status', "Parameter 'status' is none of enabled, disabled: \"enabld\". Did you mean 'enabled'?"],
    ['view=services&limit=0', 'limit', "Parameter 'limit' must be >= 1."],
    ['view=services&limit=1001', 'limit', "Parameter 'limit' must be <= 1000."],
    ['view=services&cursor=bm90aGluZw', 'cursor', "Parameter 'cursor' is none of this server."],
    ['view=services&label=rack', 'label', 'Parameter \'label\' is no key=value: "rack".'],
    ['view=services&stale=soon', 'stale', expect.stringContaining('soon')],
    ['view=services&hots=h1', 'hots', "Unknown parameter 'hots'. Did you mean 'host'?"],
    ['host=h1', 'host', expect.stringContaining("Unknown parameter 'host'")],
  ])('?%s is refused by the name of the parameter', async (query, parameter, detail) => {
    await using store = await ServedStore.start()
    const response = await store.get(`/v1/service?${query}`)
    expect(await response.json()).toMatchObject({ status: 400, error: 'invalid_argument', errors: [{ parameter, detail }] })
  })
})

describe('what is derived of services', () => {
  test('hosts and zones, from the view and from the backend', async () => {
    await using store = await withServices({ type: 'api', hostname: 'h1', zone: 'az-1' }, { type: 'search', hostname: 'h1', zone: 'az-2', lives: false }, { type: 'api', hostname: 'h2' })
    for (const query of ['', '?consistent=true']) {
      expect(await (await store.get(`/v1/host${query}`)).json()).toEqual([
        { host: 'h1', zones: ['az-1', 'az-2'], services: 2, up: 1 },
        { host: 'h2', zones: [], services: 1, up: 1 },
      ])
      expect(await (await store.get(`/v1/zone${query}`)).json()).toEqual([
        { zone: 'az-1', hosts: ['h1'], services: 1, up: 1, available: true },
        { zone: 'az-2', hosts: ['h1'], services: 1, up: 0, available: false },
      ])
    }
  })

  test('liveness: of a service that is up, that is down, and that nobody knows', async () => {
    await using store = await withServices({ type: 'api', hostname: 'h1' }, { type: 'search', hostname: 'h2', lives: false })
    const asOf = expect.stringMatching(/Z$/)
    const [api, search] = (await store.serviceGroup.getMany()).services
    for (const more of ['', '&consistent=true']) {
      const asked = async (query: string): Promise<unknown> => (await store.get(`/v1/liveness?${query}${more}`)).json()
      const up = { isUp: true, uuid: api?.uuid, type: 'api', host: 'h1', state: 'up', effective: 'up', asOf }
      expect(await asked('type=api&host=h1')).toEqual(up)
      expect(await asked(`uuid=${api?.uuid}`)).toEqual(up)
      expect(await asked('type=search&host=h2')).toEqual({ isUp: false, uuid: search?.uuid, type: 'search', host: 'h2', state: 'down', effective: 'down', asOf })
      expect(await asked('type=api&host=nosuch')).toEqual({ isUp: false, uuid: null, type: 'api', host: 'nosuch', state: null, effective: null, asOf })
      expect(await asked('uuid=nosuch')).toMatchObject({ isUp: false, uuid: null })
    }
    expect((await store.get('/v1/liveness?type=api&host=h1')).headers.get('X-Svc-As-Of')).toMatch(/Z$/)
  })

  test.each(['', '?type=api', '?host=h1', '?uuid=a&type=api'])('liveness%s does not say which: refused', async (query) => {
    await using store = await ServedStore.start()
    expect(await (await store.get(`/v1/liveness${query}`)).json()).toMatchObject({ status: 400, error: 'invalid_argument', errors: [{ parameter: expect.stringMatching(/uuid|type|host/) }] })
  })

  test('the members of a group are its workers; an unknown group is not found', async () => {
    await using store = await withServices({ type: 'api', hostname: 'h1' })
    expect(await (await store.get('/v1/group/g/member')).json()).toEqual(await (await store.get('/v1/service?group=g')).json())
    expect(await (await store.get('/v1/group/nosuch/member')).json()).toMatchObject({ status: 404, error: 'group_not_created', detail: "Group 'nosuch' has not been created" })
    expect(await (await store.get('/v1/group/%E0%A4%A/member')).json()).toMatchObject({ status: 400, error: 'invalid_argument' })
  })
})
