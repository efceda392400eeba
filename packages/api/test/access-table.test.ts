import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createApp } from '@muster/api'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'
import { eventually, temporaryFolder } from '@muster/testkit'

/**
 * Every path and method of the server, and what it needs. A route that is not in this table fails the last test; what it says is
 * written down here, and not read from the routes.
 */
const table: readonly (readonly [need: 'open' | 'reader' | 'operator' | 'admin', method: string, path: string])[] = [
  ['reader', 'GET', '/v1/service'],
  ['reader', 'GET', '/v1/service/{uuid}'],
  ['operator', 'PATCH', '/v1/service/{uuid}'],
  ['admin', 'DELETE', '/v1/service/{uuid}'],
  ['reader', 'GET', '/v1/service/{uuid}/explanation'],
  ['reader', 'GET', '/v1/liveness'],
  ['reader', 'GET', '/v1/watch'],
  ['reader', 'GET', '/v1/group'],
  ['reader', 'GET', '/v1/group/{group}/member'],
  ['reader', 'GET', '/v1/host'],
  ['reader', 'GET', '/v1/zone'],
  ['admin', 'GET', '/v1/token'],
  ['admin', 'POST', '/v1/token'],
  ['admin', 'DELETE', '/v1/token/{id}'],
  ['admin', 'GET', '/v1/webhook'],
  ['admin', 'POST', '/v1/webhook'],
  ['admin', 'PATCH', '/v1/webhook/{id}'],
  ['admin', 'DELETE', '/v1/webhook/{id}'],
  ['admin', 'POST', '/v1/webhook/{id}/secret'],
  ['admin', 'POST', '/v1/webhook/{id}/test'],
  ['reader', 'GET', '/v1/change'],
  ['reader', 'GET', '/v1/change/stream'],
  ['reader', 'GET', '/v1/notification'],
  ['reader', 'GET', '/v1/notification/stream'],
  ['reader', 'GET', '/v1/state'],
  ['reader', 'GET', '/v1/difference'],
  ['open', 'GET', '/v1/schema/{name}'],
  ['reader', 'GET', '/v1/cluster'],
  ['operator', 'POST', '/v1/cluster'],
  ['reader', 'GET', '/v1/cluster/{id}'],
  ['operator', 'DELETE', '/v1/cluster/{id}'],
  ['reader', 'GET', '/v1/cluster/{id}/step'],
  ['operator', 'POST', '/v1/cluster/{id}/step'],
  ['reader', 'GET', '/v1/cluster/{id}/event'],
  ['operator', 'POST', '/v1/cluster/{id}/event'],
  ['reader', 'GET', '/v1/cluster/{id}/stream'],
  ['reader', 'GET', '/v1/step/{id}'],
  ['operator', 'POST', '/v1/step/{id}/renewal'],
  ['operator', 'POST', '/v1/step/{id}/event'],
  ['open', 'GET', '/livez'],
  ['open', 'GET', '/readyz'],
  ['reader', 'GET', '/metrics'],
  ['open', 'GET', '/openapi.json'],
  ['open', 'GET', '/v1'],
  ['open', 'GET', '/'],
  ['open', 'GET', '/v2.1/'],
  ...['', '/{project}'].flatMap((project) => [
    ['reader', 'GET', `/v2.1${project}/os-services`] as const,
    ['operator', 'PUT', `/v2.1${project}/os-services/{id}`] as const,
    ['admin', 'DELETE', `/v2.1${project}/os-services/{id}`] as const,
    ['reader', 'GET', `/v2.1${project}/os-availability-zone`] as const,
    ['reader', 'GET', `/v2.1${project}/os-availability-zone/detail`] as const,
    ['reader', 'GET', `/v2.1${project}/os-hypervisors`] as const,
    ['reader', 'GET', `/v2.1${project}/os-hypervisors/detail`] as const,
    ['reader', 'GET', `/v2.1${project}/os-hosts`] as const,
  ]),
  ...['/v1.1/{tenant}', '/v2/{tenant}', '/v2'].flatMap((below) => [
    ['reader', 'GET', `${below}/clusters`] as const,
    ['reader', 'GET', `${below}/clusters/{id}`] as const,
    ['reader', 'GET', `${below}/clusters/{id}/progress`] as const,
  ]),
]

const callers = ['none', 'reader', 'operator', 'admin', 'revoked', 'expired', 'made up'] as const
const origins = ['loopback', 'remote'] as const

/** What is answered to those in the order of `callers`: y what was asked for, or what is wrong with it; 401; 403. */
const expected = {
  open: { loopback: 'y y y y y y y', remote: 'y y y y y y y' },
  reader: { loopback: 'y y y y 401 401 401', remote: '401 y y y 401 401 401' },
  operator: { loopback: '401 403 y y 401 401 401', remote: '401 403 y y 401 401 401' },
  admin: { loopback: '401 403 403 y 401 401 401', remote: '401 403 403 y 401 401 401' },
} as const

const cells = table.flatMap(([need, method, path]) =>
  origins.flatMap((origin) => callers.map((caller, index) => ({ method, path, origin, caller, answer: expected[need][origin].split(' ')[index] ?? '' }))),
)

let folder: AsyncDisposable & { readonly path: string }
let group: ServiceGroup
let server: Server
let url = ''
const texts = new Map<string, string | undefined>([['none', undefined], ['made up', `svc_aaaaaaaaaa_${'A'.repeat(43)}`]])

beforeAll(async () => {
  folder = await temporaryFolder()
  group = await openServiceGroup(`embedded:${folder.path}`)
  server = createServer(createApp(group, { rateLimit: 0 }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  for (const role of ['reader', 'operator', 'admin'] as const) texts.set(role, (await group.createToken({ role })).token)
  const revoked = await group.createToken({ role: 'admin' })
  texts.set('revoked', revoked.token)
  texts.set('expired', (await group.createToken({ role: 'admin', expires: '1ms' })).token)
  await eventually(async () => expect((await ask('GET', '/v1/token', 'revoked', 'loopback')).status).toBe(200))
  await group.revokeToken(revoked.id)
  await eventually(async () => expect([(await ask('GET', '/v1/token', 'revoked', 'loopback')).status, (await ask('GET', '/v1/token', 'expired', 'loopback')).status]).toEqual([401, 401]))
})

afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await group.close()
  await folder[Symbol.asyncDispose]()
})

/** Asks for a path as somebody; from elsewhere is what came through a proxy. */
async function ask(method: string, path: string, caller: string, origin: 'loopback' | 'remote'): Promise<Response> {
  const token = texts.get(caller)
  const gone = new AbortController()
  const response = await fetch(url + path.replaceAll(/\{(uuid|id)\}/g, '6d1c2f0e-0000-4000-8000-000000000001').replaceAll(/\{\w+\}/g, 'x'), {
    method,
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...(origin === 'remote' && { 'X-Forwarded-For': '203.0.113.7' }) },
    signal: gone.signal,
  })
  if (response.headers.get('Content-Type') === 'text/event-stream') gone.abort() // without end
  return response
}

describe('who may what, where there are tokens', () => {
  test.each(cells)('$method $path from $origin, token: $caller -> $answer', async ({ method, path, origin, caller, answer }) => {
    const { status, headers } = await ask(method, path, caller, origin)
    // Wrong tokens are also counted, by address: more than ten a second are told so.
    if (answer === '401' && caller !== 'none') expect([401, 429]).toContain(status)
    else expect(answer === 'y' ? [401, 403, 405, 429].includes(status) : String(status)).toBe(answer === 'y' ? false : answer)
    if (status === 401) expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="muster"/)
  })

  test('every route of the server is in the table, with the role that its description tells', async () => {
    const { paths } = (await (await ask('GET', '/openapi.json', 'none', 'remote')).json()) as { paths: Record<string, Record<string, { 'x-role': string; security: unknown[] }>> }
    const described = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, told]) => `${told['x-role']} ${method.toUpperCase()} ${path}`))
    const written = table.filter(([, , path]) => !/^\/v(1\.1|2|2\.1)\//.test(path)).map((row) => row.join(' '))
    expect(described.sort()).toEqual(written.sort())
    for (const methods of Object.values(paths)) for (const { 'x-role': role, security } of Object.values(methods)) expect(security).toHaveLength(role === 'open' ? 0 : 2)
  })
})
