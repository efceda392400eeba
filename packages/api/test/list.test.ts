import { describe, expect, test } from '@jest/globals'

import { ServedStore } from './served-store.js'

const names = (rows: readonly unknown[]): unknown[] => rows.map((row) => (row as { name: unknown }).name)

describe('GET /v1/service', () => {
  test('a store without workers is an empty array; a worker is in it from its join to its leave', async () => {
    await using store = await ServedStore.start()
    expect(await (await store.get('/v1/service')).json()).toEqual([])

    const described = { group: 'vitrage', name: 'ApiWorker worker(0)', hostname: 'controller-1', process: 23161, zone: 'az-1', labels: { rack: 'r1' } }
    const membership = await store.serviceGroup.join(described)
    const [row] = await store.list('/v1/service', 1)
    expect(row).toEqual({ ...membership.worker, ...described, type: 'ApiWorker', incarnation: 1 })
    expect(Object.keys(row ?? {}).join(' ')).toBe('name hostname process created group type state region zone version labels memberId incarnation uuid')

    await membership.leave()
    expect(await store.list('/v1/service', 0)).toEqual([])
  })

  test('with and without a trailing slash, and with HEAD, the answer is the same', async () => {
    await using store = await ServedStore.start()
    await store.serviceGroup.join({ group: 'vitrage', name: 'a' })
    await store.list('/v1/service', 1)
    const [plain, slash, head] = await Promise.all([store.get('/v1/service'), store.get('/v1/service/'), store.get('/v1/service', { method: 'HEAD' })])
    const body = await plain.text()
    expect(await slash.text()).toBe(body)
    expect(await head.text()).toBe('')
    for (const response of [plain, slash, head]) {
      expect(response.status).toBe(200)
      expect(response.headers.get('Content-Type')).toBe('application/json')
      expect(response.headers.get('Content-Length')).toBe(String(Buffer.byteLength(body)))
      expect(response.headers.get('ETag')).toBe(plain.headers.get('ETag'))
    }
  })

  test('filters: fields are ANDed, a repeated field is ORed, an unknown group is empty', async () => {
    await using store = await ServedStore.start()
    const { serviceGroup } = store
    await Promise.all([
      serviceGroup.join({ group: 'vitrage', name: 'ApiWorker worker(0)', hostname: 'h1' }),
      serviceGroup.join({ group: 'vitrage', name: 'vitrageuWSGI worker 1', hostname: 'h2' }),
      serviceGroup.join({ group: 'search', name: 'indexer', type: 'search', hostname: 'h1' }),
      serviceGroup.join({ group: 'naïve 🦊', name: 'line\nbreak "quoted"', hostname: 'h3' }),
    ])
    await store.list('/v1/service', 4)
    const listed = async (query: string): Promise<unknown[]> => names((await (await store.get(`/v1/service?${query}`)).json()) as unknown[])
    expect(await listed('group=vitrage')).toEqual(['ApiWorker worker(0)', 'vitrageuWSGI worker 1'])
    expect(await listed('group=vitrage&group=search&hostname=h1')).toEqual(['ApiWorker worker(0)', 'indexer'])
    expect(await listed('name=indexer&name=ApiWorker+worker(0)')).toEqual(['ApiWorker worker(0)', 'indexer'])
    expect(await listed('type=search')).toEqual(['indexer'])
    expect(await listed('type=search&hostname=h2')).toEqual([])
    expect(await listed('group=nosuch')).toEqual([])
    expect(await listed(`group=${encodeURIComponent('naïve 🦊')}`)).toEqual(['line\nbreak "quoted"'])
  })

  test('a filtered list has an ETag of its own', async () => {
    await using store = await ServedStore.start()
    await store.serviceGroup.join({ group: 'a', name: 'one' })
    await store.list('/v1/service', 1)
    const etag = (await store.get('/v1/service?group=a')).headers.get('ETag') ?? ''
    expect((await store.get('/v1/service?group=a', { headers: { 'If-None-Match': etag } })).status).toBe(304)

    await store.serviceGroup.join({ group: 'b', name: 'two' })
    await store.list('/v1/service', 2)
    expect((await store.get('/v1/service?group=a', { headers: { 'If-None-Match': etag } })).status).toBe(304) // nothing changed in it
    expect((await store.get('/v1/service', { headers: { 'If-None-Match': etag } })).status).toBe(200)
  })

  test('a member of garbage is listed by its id and fails nothing', async () => {
    await using store = await ServedStore.start()
    await store.writeMembers(
      'vitrage',
      new Map([
        ['a-garbage', Buffer.from([0xff, 0x00, 0x80])],
        ['b-array', Buffer.from('[1,2]')],
        ['c-wrong-types', Buffer.from('{"name":7,"hostname":["x"],"process":"1","labels":3}')],
        ['d-good', Buffer.from('{"name":"ApiWorker worker(0)","hostname":"h1","process":7,"created":"2019-02-10T11:07:15+00:00"}')],
      ]),
    )
    const rows = await store.list('/v1/service', 4)
    expect(names(rows)).toEqual(['ApiWorker worker(0)', 'a-garbage', 'b-array', 'c-wrong-types'])
    expect(rows[1]).toMatchObject({ memberId: 'a-garbage', hostname: null, process: null, created: null, labels: {} })
  })

  test('for 1,000 workers it equals what the store says', async () => {
    await using store = await ServedStore.start()
    const members = Array.from({ length: 1000 }, (_, index) => {
      const capabilities = { name: `worker(${index % 250})`, hostname: `host-${index % 7}`, process: index, created: '2019-02-10T11:07:15+00:00' }
      return [`member-${index}`, Buffer.from(JSON.stringify(capabilities))] as const
    })
    await store.writeMembers('vitrage', new Map(members))
    const rows = await store.list('/v1/service', 1000)
    expect(rows).toEqual(await store.serviceGroup.workers())
  })
})

describe('GET /v1/group', () => {
  test('lists the groups by name with the number of their members', async () => {
    await using store = await ServedStore.start()
    expect(await (await store.get('/v1/group/')).json()).toEqual([])
    const { serviceGroup } = store
    for (const [group, name] of [['vitrage', 'a'], ['vitrage', 'b'], ['Search', 'c']] as const) await serviceGroup.join({ group, name })
    await store.list('/v1/service', 3)
    const createdAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const response = await store.get('/v1/group')
    expect(await response.json()).toEqual([
      { group: 'Search', members: 1, createdAt },
      { group: 'vitrage', members: 2, createdAt },
    ])
    expect((await store.get('/v1/group', { headers: { 'If-None-Match': response.headers.get('ETag') ?? '' } })).status).toBe(304)
  })
})

describe('the other answers', () => {
  test('liveness, readiness and the version document', async () => {
    await using store = await ServedStore.start()
    await store.list('/v1/service', 0)
    expect(await (await store.get('/livez')).json()).toEqual({ status: 'ok' })
    expect(await (await store.get('/readyz')).json()).toEqual({ status: 'ok', backend: 'connected', synced: true, asOf: expect.stringMatching(/Z$/), history: { state: expect.any(String), reason: null } })
    const { versions } = (await (await store.get('/')).json()) as { versions: { links: { rel: string; href: string }[] }[] }
    expect(versions).toMatchObject([{ status: 'CURRENT', id: 'v1.0', updated: '2015-11-29' }, { status: 'CURRENT', id: 'v2.1', version: '2.93', min_version: '2.1' }])
    const links = versions[0]?.links ?? []
    expect(links.map(({ rel }) => rel)).toEqual(['self', 'service', 'liveness', 'watch', 'group', 'host', 'zone', 'token', 'webhook', 'change', 'notification', 'state', 'difference', 'cluster', 'openapi'])
    for (const { rel, href } of links) expect((await fetch(href, { method: 'HEAD' })).status).toBe(['liveness', 'state', 'difference'].includes(rel) ? 400 : 200) // those want to know of which service, or when
  })

  test('every answer has the security headers and does not tell what serves it', async () => {
    await using store = await ServedStore.start()
    for (const path of ['/v1/service', '/v1/service?group=a', '/v1/group', '/livez', '/readyz', '/v1', '/', '/nosuch']) {
      const { headers } = await store.get(path)
      expect(headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/)
      expect(headers.get('Content-Security-Policy')).toBe("default-src 'none';frame-ancestors 'none'")
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('X-Powered-By')).toBeNull()
    }
  })
})
