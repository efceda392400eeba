import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'
import { eventually } from '@muster/testkit'
import { EventReader } from '#event-reader'

import { ServedStore } from './served-store.js'

type Row = Readonly<Record<string, unknown>>
interface Cluster extends Row {
  readonly id: string
  readonly provision_progress: readonly Row[]
}
interface Recorded extends Row {
  readonly step: { readonly id: string }
}

let store: ServedStore
let count = 0
beforeAll(async () => {
  store = await ServedStore.start()
  await eventually(async () => expect((await store.get('/v1/cluster')).status).toBe(200))
})
afterAll(() => store[Symbol.asyncDispose]())

/** Asks with a body, or without one, in the name of a tenant. */
const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  store.get(path, { method, headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) })
const json = async <T>(response: Response | Promise<Response>): Promise<T> => (await (await response).json()) as T
const freshName = (): string => `cluster-${(count += 1)}`
const create = (more: Row = {}): Promise<Cluster> => json(ask('POST', '/v1/cluster', { name: freshName(), ...more }))
const launching = (total: number, more: Row = {}): Row => ({ step_name: 'Launching instances', step_type: 'creating', total, ...more })
const begin = async (cluster: Cluster, total = 3): Promise<string> => (await json<Recorded>(ask('POST', `/v1/cluster/${cluster.id}/step`, launching(total)))).step.id
const show = (cluster: Cluster): Promise<Cluster> => json(store.get(`/v1/cluster/${cluster.id}`))
const eventsOf = (cluster: Cluster): Promise<Row[]> => json(store.get(`/v1/cluster/${cluster.id}/event`))

describe('clusters', () => {
  test('a cluster is made, found by its id and its name, and deleted', async () => {
    const made = await ask('POST', '/v1/cluster', { name: 'sample', description: 'of tests', plugin_name: 'spark', provisioning_steps: { creating: ['Launching instances'] } })
    expect([made.status, made.headers.get('X-Svc-Event-Log')]).toEqual([201, 'on'])
    const cluster = await json<Cluster>(made)
    expect(cluster).toMatchObject({ name: 'sample', tenant_id: 'default', plugin_name: 'spark', status: 'Validating', provision_progress: [], pending_steps: [{ step_name: 'Launching instances', step_type: 'creating' }] })
    expect(await json(store.get('/v1/cluster/sample'))).toEqual(cluster)
    expect((await ask('POST', '/v1/cluster', { name: 'sample' })).status).toBe(409)
    expect(await json(ask('DELETE', '/v1/cluster/sample'))).toEqual(cluster)
    expect((await store.get(`/v1/cluster/${cluster.id}`)).status).toBe(404)
    expect((await ask('DELETE', '/v1/cluster/sample')).status).toBe(404)
  })

  test('the clusters of a tenant are told page by page, and those of another tenant are not', async () => {
    const asAnn = { 'X-Tenant-Id': 'ann' }
    for (const name of ['a', 'b', 'c']) await ask('POST', '/v1/cluster', { name }, asAnn)
    const first = await store.get('/v1/cluster?limit=2', { headers: asAnn })
    const next = first.headers.get('X-Svc-Next') ?? ''
    expect(first.headers.get('Link')).toBe(`<?limit=2&after=${next}>; rel="next"`)
    const second = await store.get(`/v1/cluster?limit=2&after=${next}&tenant=ann`)
    expect([second.headers.get('X-Svc-Next'), second.headers.get('Link')]).toEqual([null, null])
    const rows = [...(await json<Cluster[]>(first)), ...(await json<Cluster[]>(second))]
    expect(rows.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect((await json<Cluster[]>(store.get('/v1/cluster?tenant=ben'))).length).toBe(0)
    for (const [method, path] of [['GET', ''], ['DELETE', ''], ['GET', '/step'], ['GET', '/event'], ['GET', '/stream']] as const) {
      expect((await ask(method, `/v1/cluster/${rows[0]?.id ?? ''}${path}?tenant=ben`, undefined, asAnn)).status).toBe(404)
    }
  })
})

describe('steps and reports', () => {
  test('a step is begun once, counts what is reported of instances, and tells in a sentence how far it is', async () => {
    const cluster = await create()
    const step = await begin(cluster)
    expect(await begin(cluster)).toBe(step)
    const report = { step_id: step, instance_name: 'worker-001', instance_id: 'i-1', node_group_id: 'workers', successful: true }
    for (let time = 0; time < 2; time += 1) expect(await json(ask('POST', `/v1/cluster/${cluster.id}/event`, report))).toMatchObject({ recorded: true, reason: null, step: { completed: 1, summary: 'Launching instances: 1 out of 3' } })
    expect(await json(ask('POST', `/v1/step/${step}/event`, { instance_name: 'worker-002', successful: false, event_info: 'no route to host', error_id: 'e-1' }))).toMatchObject({ step: { failed: 1 } })
    expect(await show(cluster)).toMatchObject({ status: 'Error', status_description: 'Creating cluster failed for the following reason(s): no route to host', provision_progress: [{ id: step, completed: 1, failed: 1, successful: false }] })
    expect(await eventsOf(cluster)).toMatchObject([{ instance_name: 'worker-001', instance_id: 'i-1', node_group_id: 'workers', successful: true }, { instance_name: 'worker-002', event_info: 'no route to host', error_id: 'e-1' }])
    expect(await json<Row[]>(store.get(`/v1/cluster/${cluster.id}/event?successful=false&step=${step}&limit=1`))).toHaveLength(1)
    expect(await json(store.get(`/v1/cluster/${cluster.id}/step?events=true`))).toMatchObject([{ events: [{ instance_name: 'worker-002' }, { instance_name: 'worker-001' }] }])
    expect(await json(store.get(`/v1/step/${step}`))).toEqual((await show(cluster)).provision_progress[0])
    expect(await json(ask('POST', `/v1/step/${step}/renewal`))).toMatchObject({ recorded: true })
  })

  test('many reports in one body are stored each by itself, and what comes of a step that is done changes nothing', async () => {
    const cluster = await create()
    const step = await begin(cluster, 2)
    const reports = ['a', 'b', 'c'].map((name) => ({ step_id: step, instance_name: name, successful: true }))
    const outcome = await json<{ reports: Row[]; steps: Row[] }>(ask('POST', `/v1/cluster/${cluster.id}/event`, [...reports, { ...reports[0], step_id: 'of another' }]))
    expect(outcome.reports.map(({ instance_name: name, recorded, error }) => [name, recorded, error])).toEqual([['a', true, null], ['b', true, null], ['c', false, null], ['a', false, 'not_found']])
    expect(outcome.steps).toMatchObject([{ id: step, completed: 2, state: 'done' }])
    expect(await json(ask('POST', `/v1/step/${step}/event`, { instance_name: 'c', successful: false }))).toMatchObject({ recorded: false, reason: 'step_done', step: { completed: 2 } })
    expect((await show(cluster)).status).toBe('Active')
  })
})

test('a stream tells a cluster at once, after each change, and that it was deleted', async () => {
  const cluster = await create()
  const reader = await EventReader.open(`${store.server.url}/v1/cluster/${String(cluster.name)}/stream`)
  expect(reader.response.headers['content-type']).toBe('text/event-stream')
  expect(await reader.next()).toMatchObject({ event: 'snapshot', data: { id: cluster.id, status: 'Validating' } })
  const step = await begin(cluster, 1)
  expect(await reader.next()).toMatchObject({ event: 'change', data: { status: 'Spawning' } })
  await ask('POST', `/v1/step/${step}/event`, { instance_name: 'a', successful: true })
  expect(await reader.next()).toMatchObject({ event: 'change', data: { status: 'Active', provision_progress: [{ completed: 1 }] } })
  await ask('DELETE', `/v1/cluster/${cluster.id}`)
  expect(await reader.next()).toMatchObject({ event: 'deleted', data: { id: cluster.id } })
  expect(await reader.next()).toBeUndefined()
})

describe('what is wrong is refused with its reason, and nothing is stored', () => {
  const nul = '\0'
  test.each<[string, string, unknown, number]>([
    ['a cluster without a name', '', {}, 400],
    ['a cluster whose name is too long', '', { name: 'x'.repeat(81) }, 413],
    ['a cluster with a NUL byte', '', { name: `a${nul}` }, 400],
    ['a cluster with a field that there is not', '', { name: 'a', descripton: 'b' }, 400],
    ['a step with a total of 0', '/step', launching(0), 400],
    ['a step with a negative total', '/step', launching(-1), 400],
    ['a step of a type that there is not', '/step', launching(1, { step_type: 'creatin' }), 400],
    ['a step with a NUL byte', '/step', launching(1, { step_name: nul }), 400],
    ['a step beside one that is open', '/step', launching(1, { step_name: 'Waiting for ssh' }), 409],
    ['a report without a step', '/event', { instance_name: 'a', successful: true }, 400],
    ['a report of a step of none', '/event', { step_id: 'none', instance_name: 'a', successful: true }, 404],
    ['a report with a NUL byte', '/event', { step_id: 'STEP', instance_name: 'a', successful: false, event_info: nul }, 400],
    ['a report of 1.5 MB', '/event', { step_id: 'STEP', instance_name: 'a', successful: false, event_info: 'x'.repeat(1_500_000) }, 413],
    ['a report of 10 MB', '/event', { step_id: 'STEP', instance_name: 'a', successful: false, event_info: 'x'.repeat(10_000_000) }, 413],
    ['no body', '/event', undefined, 400],
    ['no reports', '/event', [], 400],
    ['reports of which one is none', '/event', [{ step_id: 'STEP', instance_name: 'a', successful: true }, { step_id: 'STEP' }], 400],
  ])('%s', async (_, path, body, status) => {
    const tenant = freshName()
    const asTenant = { 'X-Tenant-Id': tenant }
    const cluster = await json<Cluster>(ask('POST', '/v1/cluster', { name: 'sample' }, asTenant))
    const { step } = await json<Recorded>(ask('POST', `/v1/cluster/${cluster.id}/step`, launching(2), asTenant))
    const filled = body === undefined ? undefined : (JSON.parse(JSON.stringify(body).replaceAll('"STEP"', JSON.stringify(step.id))) as unknown)
    const response = await ask('POST', path === '' ? '/v1/cluster' : `/v1/cluster/${cluster.id}${path}`, filled, asTenant)
    expect(response.status).toBe(status)
    expect(await json(response)).toMatchObject({ status, detail: expect.stringMatching(/./) })
    const [kept, ...others] = await json<Cluster[]>(store.get('/v1/cluster', { headers: asTenant }))
    expect(others).toEqual([])
    expect(kept).toMatchObject({ name: 'sample', provision_progress: [{ id: step.id, completed: 0, failed: 0 }] })
    expect(await json(store.get(`/v1/cluster/${cluster.id}/event`, { headers: asTenant }))).toEqual([])
  })

  test('what there is not, and a step of a deleted cluster', async () => {
    const cluster = await create()
    const step = await begin(cluster)
    await ask('DELETE', `/v1/cluster/${cluster.id}`)
    const report = { instance_name: 'a', successful: true }
    for (const [method, path, body] of [
      ['GET', '/v1/cluster/none', undefined],
      ['GET', '/v1/cluster/a%00b', undefined],
      ['GET', '/v1/cluster/none/stream', undefined],
      ['GET', `/v1/cluster/${cluster.id}/event`, undefined],
      ['POST', `/v1/cluster/${cluster.id}/step`, launching(1)],
      ['POST', `/v1/cluster/${cluster.id}/event`, { step_id: step, ...report }],
      ['GET', `/v1/step/${step}`, undefined],
      ['POST', `/v1/step/${step}/event`, report],
      ['POST', `/v1/step/${step}/renewal`, undefined],
    ] as const) expect([path, (await ask(method, path, body)).status]).toEqual([path, 404])
  })

  test.each(['limit=0', 'limit=1001', 'limit=1.5', 'after=x', 'tenant=', 'tenant=a%00b', 'tenat=a'])('?%s', async (query) => {
    expect((await store.get(`/v1/cluster?${query}`)).status).toBe(400)
  })
})

test('with the event log off clusters are kept, nothing else is written, and answers say so', async () => {
  await using silent = await ServedStore.start(silentLogger, { clusters: { eventLog: false } })
  const post = (path: string, body: unknown): Promise<Response> => silent.get(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  await eventually(async () => expect((await silent.get('/v1/cluster')).status).toBe(200))
  const { id } = await json<Cluster>(post('/v1/cluster', { name: 'sample' }))
  const begun = await post(`/v1/cluster/${id}/step`, launching(1))
  expect(begun.headers.get('X-Svc-Event-Log')).toBe('off')
  const off = { recorded: false, reason: 'event_log_off', step: null }
  expect(await json(begun)).toEqual(off)
  expect(await json(post(`/v1/cluster/${id}/event`, { step_id: 'any', instance_name: 'a', successful: true }))).toEqual(off)
  const events = await silent.get(`/v1/cluster/${id}/event`)
  expect([events.headers.get('X-Svc-Event-Log'), await json(events)]).toEqual(['off', []])
  expect(await json(silent.get(`/v1/cluster/${id}`))).toMatchObject({ status: 'Validating', provision_progress: [] })
})

test('a server without a database, or whose database is away, says so and answers the rest', async () => {
  await using none = await ServedStore.start(silentLogger, { database: 'none' })
  const refused = await none.get('/v1/cluster')
  expect([refused.status, await json(refused)]).toMatchObject([404, { error: 'not_supported', hint: expect.stringContaining('--database') }])
  await using away = await ServedStore.start(silentLogger, { database: `sqlite:${join('/proc', 'nowhere', 'history.db')}` })
  const unreachable = await away.get('/v1/cluster')
  expect([unreachable.status, unreachable.headers.get('Retry-After'), await json(unreachable)]).toMatchObject([503, '1', { error: 'backend_unreachable', hint: expect.stringContaining('clusters') }])
  expect((await away.get('/v1/service')).status).toBe(200)
})
