import { connect } from 'node:net'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { silentLogger } from '@muster/common'
import type { Service } from '@muster/servicegroup'
import { eventually, freePort } from '@muster/testkit'

import { ServedStore } from './served-store.js'

let store: ServedStore

beforeAll(async () => {
  store = await ServedStore.start()
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
})

const json = { 'Content-Type': 'application/json' }
const uuids = { 'OpenStack-API-Version': 'compute 2.53' }

/** Registers a service by a worker that joins; resolves with what the backend says of it. */
async function register(type: string, host: string): Promise<Service> {
  await store.serviceGroup.join({ group: 'nova', name: type, hostname: host })
  const { service } = await store.serviceGroup.getOne({ type, host })
  if (!service) throw new Error(`${type}@${host} was not registered`)
  return service
}

const find = async (id: string): Promise<Service | undefined> => (await store.serviceGroup.getOne(id)).service

/** Asks, and checks what every fault has in common. */
async function fault(path: string, init?: RequestInit): Promise<{ status: number; name: string; message: string }> {
  const response = await store.get(path, init)
  expect(response.headers.get('Content-Type')).toBe('application/json; charset=UTF-8')
  for (const name of ['X-OpenStack-Request-Id', 'X-Compute-Request-Id']) expect(response.headers.get(name)).toBe(response.headers.get('X-Request-Id'))
  const [[name, content] = ['', {}], ...others] = Object.entries((await response.json()) as Record<string, { code?: number; message?: string }>)
  expect(others).toEqual([])
  expect(content).toEqual({ code: response.status, message: expect.any(String) })
  return { status: response.status, name, message: String(content.message) }
}

describe('a change through Nova\'s face', () => {
  test.each(['nova-compute', 'ApiWorker', 'odd "type" / é'])('reaches a service of type %j, whatever its host is called', async (type) => {
    const host = 'höst/1 %41'
    const { uuid } = await register(type, host)
    const body = JSON.stringify({ host, binary: type, disabled_reason: 'für é' })
    expect((await store.get('/v2.1/os-services/disable-log-reason', { method: 'PUT', headers: json, body })).status).toBe(200)
    expect(await find(uuid)).toMatchObject({ status: 'disabled', disabledReason: 'für é' })
    await eventually(async () => {
      const listed = await store.get(`/v2.1/os-services?${new URLSearchParams({ host, binary: type }).toString()}`, { headers: uuids })
      expect(await listed.json()).toMatchObject({ services: [{ id: uuid, binary: type, host, status: 'disabled', disabled_reason: 'für é' }] })
    })
  })

  test('leaves alone what it does not name: zone, version, a window of maintenance', async () => {
    const { uuid } = await register('nova-compute', 'kept')
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const before = await store.serviceGroup.update(uuid, { zone: 'az7', version: 61, maintenance: { note: 'fans', until } })
    const put = (content: object): Promise<Response> => store.get(`/v2.1/os-services/${uuid.toUpperCase()}`, { method: 'PUT', headers: { ...json, ...uuids }, body: JSON.stringify(content) })
    expect((await put({ status: 'disabled', forced_down: 'yes' })).status).toBe(200)
    const { zone, version, maintenance } = before
    expect(await find(uuid)).toMatchObject({ zone, version, maintenance, status: 'disabled', forcedDown: true, state: 'down' })
    expect((await put({ forced_down: false, disabled_reason: 'not taken without a status' })).status).toBe(200)
    expect(await find(uuid)).toMatchObject({ status: 'disabled', disabledReason: null, forcedDown: false })
  })

  test('is logged with the address and the program that asked', async () => {
    const lines: object[] = []
    const keep = (fields: object): void => void lines.push(fields)
    const server = await serve({ backend: store.backend, port: 0, logger: { ...silentLogger, info: keep } })
    try {
      const { uuid } = await register('nova-compute', 'audited')
      const headers = { ...json, 'User-Agent': `python-novaclient ${'x'.repeat(300)}` }
      const body = JSON.stringify({ host: 'audited', binary: 'nova-compute' })
      expect((await fetch(`${server.url}/v2.1/os-services/disable`, { method: 'PUT', headers, body })).status).toBe(200)
      const source = expect.stringMatching(/^nova 127\.0\.0\.1 python-novaclient x+$/)
      expect(lines).toContainEqual(expect.objectContaining({ audit: 'service.updated', service: uuid, cause: 'admin', actor: 'anonymous', source }))
    } finally {
      await server.close()
    }
  })

  test('a service is deleted by its number or its uuid once its workers are gone, and not before', async () => {
    for (const [host, version] of [['by-number', '2.52'], ['by-uuid', '2.53']] as const) {
      const worker = await store.serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: host })
      const headers = { 'X-OpenStack-Nova-API-Version': version }
      const id = await eventually(async () => {
        const { services } = (await (await store.get(`/v2.1/os-services?host=${host}`, { headers })).json()) as { services: { id: number | string }[] }
        if (services.length !== 1) throw new Error('not listed')
        return services[0]?.id
      })
      expect(await fault(`/v2.1/os-services/${id}`, { method: 'DELETE', headers })).toMatchObject({ status: 409, name: 'conflictingRequest' })
      await worker.leave()
      expect((await store.get(`/v2.1/os-services/${id}`, { method: 'DELETE', headers })).status).toBe(204)
      expect(await find(worker.worker.uuid ?? '')).toBeUndefined()
      expect(await fault(`/v2.1/os-services/${id}`, { method: 'DELETE', headers })).toMatchObject({ status: 404, name: 'itemNotFound' })
    }
  })
})

describe('under /v2.1 every error is a fault of Nova', () => {
  test.each(['/v2.1/nosuch', '/v2.1/p', '/v2.1/p/os-servicesx', '/v2.1/p/q/os-services', '/v2.1/OS-services', '/v2.1//os-services', '/v2.1/os-availability-zone/other'])('%s: not found', async (path) => {
    expect(await fault(path)).toEqual({ status: 404, name: 'itemNotFound', message: 'The resource could not be found.' })
  })

  test.each<[string, RequestInit, number, string]>([
    ['/v2.1/%ZZ/os-services', {}, 400, 'badRequest'],
    ['/v2.1/os-services', { method: 'DELETE' }, 405, 'badMethod'],
    ['/v2.1/os-hosts', { method: 'PUT', headers: json, body: '{}' }, 405, 'badMethod'],
    ['/v2.1/os-services/enable', { method: 'PUT', headers: json, body: '{"host":' }, 400, 'badRequest'],
    ['/v2.1/os-services/enable', { method: 'PUT', headers: json, body: '"text"' }, 400, 'badRequest'],
    ['/v2.1/os-services/enable', { method: 'PUT', headers: json, body: `{"host":"${'a'.repeat(150_000)}"}` }, 413, 'overLimit'],
    ['/v2.1/os-services/enable', { method: 'PUT', headers: { 'Content-Type': 'text/xml' }, body: '<a/>' }, 415, 'badMediaType'],
    ['/v2.1/os-services/constructor', { method: 'PUT', headers: json, body: '{"host":"h","binary":"b"}' }, 404, 'itemNotFound'],
    ['/v2.1/os-services/1e3', { method: 'DELETE' }, 400, 'badRequest'],
    ['/v2.1/os-services/-1', { method: 'DELETE' }, 400, 'badRequest'],
    ['/v2.1/os-services/99999999999999999999999', { method: 'DELETE' }, 404, 'itemNotFound'],
    ['/v2.1/os-services/..%2f..%2fgates', { method: 'DELETE', headers: uuids }, 400, 'badRequest'],
  ])('%s, %j: %i', async (path, init, status, name) => {
    expect(await fault(path, init)).toMatchObject({ status, name })
  })

  test('a body that cannot be read, in a version that is not spoken: the version is told first, as Nova does', async () => {
    const headers = { ...json, 'OpenStack-API-Version': 'compute 2.999' }
    expect(await fault('/v2.1/os-services/enable', { method: 'PUT', headers, body: '{' })).toMatchObject({ status: 406, name: 'computeFault' })
  })

  test('a reason of 255 characters is taken, one more is not', async () => {
    await register('nova-compute', 'long')
    const put = (length: number): RequestInit => ({ method: 'PUT', headers: json, body: JSON.stringify({ host: 'long', binary: 'nova-compute', disabled_reason: 'r'.repeat(length) }) })
    expect((await store.get('/v2.1/os-services/disable-log-reason', put(255))).status).toBe(200)
    expect(await fault('/v2.1/os-services/disable-log-reason', put(256))).toMatchObject({ status: 400, message: expect.stringContaining('is too long') })
  })

  test('while the backend was never reached, lists are 503 with Retry-After, never an empty list', async () => {
    const server = await serve({ backend: `zookeeper://127.0.0.1:${await freePort()}`, port: 0, logger: silentLogger })
    try {
      for (const path of ['os-services', 'os-availability-zone/detail', 'os-hosts', 'os-hypervisors']) {
        const response = await fetch(`${server.url}/v2.1/${path}`)
        expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
        expect(await response.json()).toMatchObject({ serviceUnavailable: { code: 503, message: expect.stringContaining('Cannot reach') } })
      }
      expect((await fetch(`${server.url}/v2.1/`)).status).toBe(200)
    } finally {
      await server.close()
    }
  }, 30_000)
})

describe('lists', () => {
  test('HEAD has the head of GET; a slash at the end changes nothing', async () => {
    const [list, slash, head] = await Promise.all([store.get('/v2.1/os-services'), store.get('/v2.1/os-services/'), store.get('/v2.1/p/os-services', { method: 'HEAD' })])
    const body = await list.text()
    expect(await slash.text()).toBe(body)
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, String(Buffer.byteLength(body)), ''])
  })

  test('a version named twice in a request, in lines of their own: the last one counts', async () => {
    const lines = ['GET /v2.1/os-hypervisors HTTP/1.1', 'Host: localhost', 'OpenStack-API-Version: compute 2.11', 'OpenStack-API-Version: compute 2.60', 'Connection: close', '', '']
    const socket = connect(store.server.port, '127.0.0.1')
    let told = ''
    socket.setEncoding('utf8').on('data', (text: string) => (told += text))
    socket.end(lines.join('\r\n'))
    await new Promise((resolve) => socket.once('close', resolve))
    expect(told).toContain('\r\nOpenStack-API-Version: compute 2.60\r\n')
  })
})
