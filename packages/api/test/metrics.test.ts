import { describe, expect, test } from '@jest/globals'
import { eventually, readSamples } from '@muster/testkit'
import type { Sample } from '@muster/testkit'

import { ServedStore } from './served-store.js'

async function scrape(store: ServedStore): Promise<readonly Sample[]> {
  return readSamples(await (await store.get('/metrics')).text())
}

/** The samples of one metric, by the values of their labels. */
function valuesOf(samples: readonly Sample[], metric: string): Record<string, number> {
  return Object.fromEntries(samples.filter(({ name }) => name === metric).map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

/** What is told as soon as a metric has these values. */
function told(store: ServedStore, metric: string, expected: Record<string, number>): Promise<readonly Sample[]> {
  return eventually(async () => {
    const samples = await scrape(store)
    expect(valuesOf(samples, metric)).toEqual(expected)
    return samples
  })
}

describe('GET /metrics', () => {
  test('is the text format of Prometheus with its version, with HEAD and with parameters too', async () => {
    await using store = await ServedStore.start()
    const [get, head, withMore] = await Promise.all([store.get('/metrics'), store.get('/metrics', { method: 'HEAD' }), store.get('/metrics?module=svc')])
    for (const response of [get, head, withMore]) {
      expect(response.status).toBe(200)
      expect(response.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    }
    expect(await head.text()).toBe('')
    const text = await get.text()
    for (const name of new Set(readSamples(text).map((sample) => sample.name.replace(/_(bucket|sum|count)$/, '')))) {
      expect(text).toMatch(new RegExp(`^# HELP ${name}(_count)? \\S`, 'm'))
      expect(text).toMatch(new RegExp(`^# TYPE ${name}(_count)? (gauge|counter|histogram|summary)$`, 'm'))
    }
    expect((await store.get('/metrics', { method: 'POST' })).status).toBe(405)
  })

  test('workers are counted by group and type, without a series for each; an emptied group is 0', async () => {
    await using store = await ServedStore.start()
    await told(store, 'svc_members', {})
    const members = await Promise.all([1, 2, 3].map((number) => store.serviceGroup.join({ group: 'vitrage', name: `ApiWorker worker(${number})`, hostname: `h${number}` })))
    await store.serviceGroup.join({ group: 'quo"te\\d\n', name: 'indexer' })
    const samples = await told(store, 'svc_members', { 'vitrage': 3, 'quo"te\\d\n': 1 })
    expect(valuesOf(samples, 'svc_workers')).toEqual({ 'vitrage ApiWorker': 3, 'quo"te\\d\n indexer': 1 })
    expect(JSON.stringify(samples)).not.toMatch(/"h1"|worker\(1\)/)

    await Promise.all(members.map((member) => member.leave()))
    const after = await told(store, 'svc_members', { 'vitrage': 0, 'quo"te\\d\n': 1 })
    expect(valuesOf(after, 'svc_member_transitions_total')).toMatchObject({ 'vitrage joined': 3, 'vitrage left': 3 })
  })

  test('services are counted by state, status and effective, and a maintenance is told', async () => {
    await using store = await ServedStore.start()
    const { serviceGroup } = store
    await Promise.all(['h1', 'h2', 'h3', 'h4'].map((hostname) => serviceGroup.join({ name: 'api', hostname })))
    await told(store, 'svc_services', { 'api up enabled up no': 4 })
    await serviceGroup.update({ type: 'api', host: 'h1' }, { status: 'disabled', disabledReason: 'disk' })
    await serviceGroup.update({ type: 'api', host: 'h2' }, { forcedDown: true })
    await serviceGroup.update({ type: 'api', host: 'h3' }, { maintenance: { note: 'kernel', start: new Date(Date.now() - 1000).toISOString(), until: new Date(Date.now() + 60_000).toISOString() } })
    await told(store, 'svc_services', { 'api up disabled down no': 1, 'api down enabled down no': 1, 'api up enabled down yes': 1, 'api up enabled up no': 1 })
  })

  test('requests are measured by the template of their route: whatever is asked for, unknown paths are one', async () => {
    await using store = await ServedStore.start()
    await Promise.all([...Array(30).keys()].map((number) => store.get(`/v1/nothing/${number}?x=${number}`)))
    await store.get('/v1/service?group=a')
    await store.get('/v1/service?grop=a')
    await store.get('/v1/group', { method: 'DELETE' })
    const measured = await eventually(async () => {
      const samples = await scrape(store)
      const counts = valuesOf(samples, 'svc_http_requests_total')
      expect(counts).toMatchObject({ 'GET none 404': 30, 'GET /v1/service 200': 1, 'GET /v1/service 400': 1, 'other /v1/group 405': 1 })
      const durations = valuesOf(samples, 'svc_http_request_duration_seconds_count')
      expect(durations).toMatchObject({ 'GET none': 30, 'GET /v1/service': 2 })
      expect(durations).not.toHaveProperty(['other /v1/group'])
      return counts
    })
    expect(Object.keys(measured).filter((key) => !/metrics|openapi/.test(key))).toHaveLength(4)
  })

  test('clients that watch are counted while they do, and how long they do is no duration of a request', async () => {
    await using store = await ServedStore.start()
    const watching = new AbortController()
    await store.get('/v1/watch', { signal: watching.signal })
    await told(store, 'svc_watch_clients', { sse: 1 })
    watching.abort()
    const samples = await told(store, 'svc_watch_clients', { sse: 0 })
    expect(Object.keys(valuesOf(samples, 'svc_http_request_duration_seconds_count')).filter((key) => key.includes('/v1/watch'))).toEqual([])
  })

  test('tells of the connection, the age of what is told, the build and the process', async () => {
    await using store = await ServedStore.start()
    await told(store, 'svc_ready', { '': 1 })
    const samples = await scrape(store)
    expect(valuesOf(samples, 'svc_backend_state')).toEqual({ connected: 1, suspended: 0, lost: 0, closed: 0 })
    expect(valuesOf(samples, 'svc_backend_up')).toEqual({ '': 1 })
    expect(valuesOf(samples, 'svc_view_age_seconds')['']).toBeLessThan(10)
    expect(valuesOf(samples, 'svc_build_info')).toEqual({ '0.1.0': 1 })
    expect(valuesOf(samples, 'process_start_time_seconds')['']).toBeGreaterThan(1.5e9)
    expect(samples.some(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds')).toBe(true)
  })
})
