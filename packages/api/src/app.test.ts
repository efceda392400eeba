import { afterEach, describe, expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { LiveView } from '@muster/servicegroup'

import { createApp } from './app.js'
import type { AppOptions } from './app.js'
import { HandMadeView, handMadeGroup, worker } from './hand-made-view.test.support.js'
import { closeServers, serveApp } from './serve-app.test.support.js'

afterEach(closeServers)

async function start(view: LiveView, options: AppOptions = {}): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const port = await serveApp(createApp(handMadeGroup(view), options))
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

/** A logger that keeps the lines above debug. */
function recorder(): { lines: string[]; logger: Logger } {
  const lines: string[] = []
  const keep = (_fields: object, message: string): void => void lines.push(message)
  return { lines, logger: { debug: () => {}, info: keep, warn: keep, error: keep } }
}

describe('a list', () => {
  test('has a worker\'s keys in their order, and none that the view adds', async () => {
    const view = new HandMadeView()
    const withMore = { ...worker, extra: 'not told' }
    view.rows = [withMore]
    const get = await start(view)
    const response = await get('/v1/service')
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(response.headers.get('Cache-Control')).toBe('no-cache')
    expect(await response.text()).toBe(
      '[{"name":"ApiWorker worker(0)","hostname":"controller-1","process":23161,"created":"2019-02-10T11:07:15+00:00","group":"vitrage","type":"ApiWorker",' +
        '"state":"up","region":null,"zone":null,"version":null,"labels":{"rack":"r1"},"memberId":"a","incarnation":1,"uuid":null}]',
    )
  })

  test('has the lag of a worker as its last key', async () => {
    const view = new HandMadeView()
    view.rows = [{ ...worker, lagMs: 4200 }]
    const get = await start(view)
    expect(await (await get('/v1/service')).text()).toMatch(/"memberId":"a","incarnation":1,"uuid":null,"lagMs":4200\}\]$/)
  })

  test('is not sent to a client that has it, and is again after a change', async () => {
    const view = new HandMadeView()
    view.rows = [worker]
    const get = await start(view)
    const etag = (await get('/v1/service')).headers.get('ETag') ?? ''
    for (const tags of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const unchanged = await get('/v1/service', { headers: { 'If-None-Match': tags } })
      expect([unchanged.status, unchanged.headers.get('ETag'), await unchanged.text()]).toEqual([304, etag, ''])
    }
    view.change({ rows: [] })
    const changed = await get('/v1/service', { headers: { 'If-None-Match': etag } })
    expect([changed.status, await changed.text()]).toEqual([200, '[]'])
    expect(changed.headers.get('ETag')).not.toBe(etag)
  })
})

describe('while the backend does not answer', () => {
  test('the list is told as stale until the session timeout has passed, then refused; the log says when', async () => {
    const view = new HandMadeView()
    view.rows = [worker]
    const { lines, logger } = recorder()
    const get = await start(view, { logger })

    const lastContact = Date.now() - 1000
    view.change({ connection: { state: 'suspended', epoch: 1, reason: 'the store is locked' }, lastContact })
    const stale = await get('/v1/service')
    expect(stale.status).toBe(200)
    expect(stale.headers.get('X-Svc-As-Of')).toBe(new Date(lastContact).toISOString())
    expect(stale.headers.get('Warning')).toMatch(/^110 - "[\w: ]+"$/)
    expect(await stale.json()).toEqual([worker])
    expect((await get('/readyz')).status).toBe(200)
    expect(lines).toEqual([])

    view.change({ lastContact: Date.now() - 10_001 })
    for (const path of ['/v1/service', '/v1/service?group=vitrage', '/v1/group']) {
      const refused = await get(path)
      expect(refused.status).toBe(503)
      expect(refused.headers.get('Retry-After')).toBe('1')
      expect(refused.headers.get('Content-Type')).toBe('application/problem+json')
      expect(await refused.json()).toMatchObject({ status: 503, error: 'backend_unreachable', detail: 'Cannot reach the backend: the store is locked' })
    }
    expect((await get('/readyz')).status).toBe(503)
    expect((await get('/livez')).status).toBe(200)
    expect(lines).toEqual(['lists are refused: the backend cannot be read'])

    view.change({ connection: { state: 'connected', epoch: 2 } })
    const fresh = await get('/v1/service')
    expect([fresh.status, fresh.headers.get('X-Svc-As-Of'), fresh.headers.get('Warning')]).toEqual([200, expect.stringMatching(/Z$/), null])
    expect(lines).toEqual(['lists are refused: the backend cannot be read', 'lists are answered again'])
  })

  test('a client that has the stale list already is told that it is stale', async () => {
    const view = new HandMadeView()
    const get = await start(view)
    const etag = (await get('/v1/service')).headers.get('ETag') ?? ''
    view.change({ connection: { state: 'suspended', epoch: 1 } })
    const response = await get('/v1/service', { headers: { 'If-None-Match': etag } })
    expect(response.status).toBe(304)
    expect(response.headers.get('X-Svc-As-Of')).not.toBeNull()
  })
})

/** The feed of changes and the metrics always listen, and the services follow the workers. */
const watching = 3

describe('before the first sync', () => {
  test('a list that was asked for waits for it', async () => {
    const view = new HandMadeView()
    view.synced = false
    const get = await start(view)
    const listed = get('/v1/service')
    while (view.listeners === watching) await get('/livez') // until the list is waited for
    view.change({ synced: true, rows: [worker] })
    expect(await (await listed).json()).toEqual([worker])
    expect(view.listeners).toBe(watching)
  })

  test('a list is refused when the sync does not come, never answered empty', async () => {
    const view = new HandMadeView()
    view.synced = false
    const get = await start(view)
    expect(await (await get('/readyz')).json()).toEqual({ status: 'unavailable', backend: 'connected', synced: false, asOf: null, history: { state: 'none', reason: null } })
    const refused = await get('/v1/service')
    expect(refused.status).toBe(503)
    expect(refused.headers.get('Retry-After')).toBe('1')
    expect(await refused.json()).toMatchObject({ error: 'backend_unreachable', detail: 'Cannot reach the backend: it has not been read yet' })
    expect(view.listeners).toBe(watching)
  })
})

test('a server that is stopping is alive but not ready, and still answers what it was asked', async () => {
  const stopping = new AbortController()
  const get = await start(new HandMadeView(), { stopping: stopping.signal })
  expect((await get('/readyz')).status).toBe(200)
  stopping.abort()
  const readiness = await get('/readyz')
  expect([readiness.status, await readiness.json()]).toEqual([503, expect.objectContaining({ status: 'stopping' })])
  expect((await get('/livez')).status).toBe(200)
  expect((await get('/v1/service')).status).toBe(200)
})

describe('a failure inside the server', () => {
  test('is a problem without its cause, which the log has under the same request id', async () => {
    class BrokenView extends HandMadeView {
      override workers(): never {
        throw new TypeError('password=hunter2')
      }
    }
    const logged: object[] = []
    const get = await start(new BrokenView(), { logger: { ...silentLogger, error: (fields) => void logged.push(fields) } })
    const response = await get('/v1/service', { headers: { 'X-Request-Id': 'r-1' } })
    expect(response.status).toBe(500)
    const body = await response.text()
    expect(JSON.parse(body)).toMatchObject({ error: 'internal_error', requestId: 'r-1' })
    expect(body).not.toContain('hunter2')
    expect(logged).toEqual([expect.objectContaining({ requestId: 'r-1', path: '/v1/service', err: expect.any(TypeError) })])
  })
})
