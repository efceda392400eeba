import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { createClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { CreatedToken, Role, Service } from '@muster/servicegroup'
import { eventually, temporaryFolder } from '@muster/testkit'

import { ServedStore } from './served-store.js'

let store: ServedStore
const lines: unknown[] = []
const keep = (fields: object, message: string): void => void lines.push({ ...fields, message })
const logger: Logger = { ...silentLogger, debug: keep, info: keep, warn: keep, error: keep }

beforeAll(async () => {
  store = await ServedStore.start(logger)
})

afterAll(() => store[Symbol.asyncDispose]())

const bearer = (token: string): { headers: Record<string, string> } => ({ headers: { Authorization: `Bearer ${token}` } })

/** A token that the server knows. */
async function known(role: Role, options: { name?: string; expires?: string } = {}): Promise<CreatedToken> {
  const made = await store.serviceGroup.createToken({ role, ...options })
  await eventually(async () => expect((await store.get('/v1/zone', bearer(made.token))).status).toBe(200))
  return made
}

async function service(): Promise<Service> {
  await store.serviceGroup.join({ name: 'nova-compute', hostname: 'host1', process: 4711 })
  const { service } = await store.serviceGroup.getOne({ type: 'nova-compute', host: 'host1' }, { consistent: true })
  if (!service) throw new Error('there is no such service')
  return service
}

test('before there is a token everybody on this host may everything, whatever token is sent', async () => {
  for (const token of ['notused', 'svc_x']) expect((await store.get('/v1/service', { headers: { 'X-Auth-Token': token } })).status).toBe(200)
  expect((await store.get('/v1/token', bearer('notused'))).status).toBe(200)
})

describe('once there is one', () => {
  test('it is made over HTTP, told once, listed without its text, and let in at once by either header', async () => {
    const body = JSON.stringify({ role: 'admin', name: 'öps', expires: '1h' })
    const answer = await store.get('/v1/token', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Svc-Actor': 'ann' }, body })
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([201, 'no-store'])
    const { token, ...row } = (await answer.json()) as CreatedToken
    expect(token).toMatch(new RegExp(`^svc_${row.id}_[\\w-]{43}$`))
    expect(row).toMatchObject({ name: 'öps', role: 'admin', createdBy: 'ann', source: expect.stringContaining('127.0.0.1') })
    expect(Date.parse(row.expiresAt ?? '') - Date.parse(row.createdAt)).toBe(3_600_000)
    await eventually(async () => expect((await store.get('/v1/token')).status).toBe(401))
    const listed = await (await store.get('/v1/token', bearer(token))).text()
    expect(JSON.parse(listed)).toEqual([row])
    expect(listed).not.toContain(token.slice(-43))
    expect((await store.get('/v1/token', { headers: { 'X-Auth-Token': token } })).status).toBe(200)
    expect((await store.get('/v1/token', { method: 'HEAD', ...bearer(token) })).status).toBe(200)
  })

  test('what is wrong with a request for one is told, with the word that was meant', async () => {
    const { token } = await known('admin')
    const post = (body: string): Promise<Response> => store.get('/v1/token', { method: 'POST', headers: { ...bearer(token).headers, 'Content-Type': 'application/json' }, body })
    for (const [body, detail] of [
      ['{"role":"admn"}', /Did you mean 'admin'/],
      ['{"role":"admin","nam":"x"}', /Did you mean 'name'/],
      ['{"role":"admin","expires":"soon"}', /not a duration/],
      ['{"role":"admin","expires":"0s"}', /cannot be good for 0s/],
      ['{"role":"admin","name":"a\\u001bb"}', /control character/],
      ['{}', /role/],
    ] as const) {
      const answer = await post(body)
      expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([400, expect.stringMatching(detail)])
    }
  })

  test('wrong tokens are 401 also for reads, two that differ are 400, a role that is too low is 403 and says which is needed', async () => {
    const { token } = await known('reader')
    for (const init of [bearer('notused'), bearer(`${token.slice(0, -1)}_`), { headers: { Authorization: 'Basic dTpw' } }, { headers: { 'X-Auth-Token': token.replace('svc_', 'svc_x') } }]) {
      const answer = await store.get('/v1/service', init)
      expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer realm="muster", error="invalid_token"'])
      expect(await answer.json()).toMatchObject({ error: 'not_allowed', hint: expect.stringContaining('SVC_TOKEN_FILE') })
    }
    expect((await store.get('/v1/service', { headers: { Authorization: `Bearer ${token}`, 'X-Auth-Token': 'other' } })).status).toBe(400)
    expect((await store.get('/v1/service', { headers: { Authorization: `bearer ${token}`, 'X-Auth-Token': token } })).status).toBe(200)
    const forbidden = await store.get('/v1/token', bearer(token))
    expect([forbidden.status, await forbidden.json()]).toEqual([403, expect.objectContaining({ error: 'not_allowed', detail: expect.stringContaining('needs admin') })])
    expect((await store.get('/nosuch', bearer('notused'))).status).toBe(404)
  })

  test('a body is not read of who may not send it', async () => {
    const answer = await store.get('/v1/token', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'x' })
    expect(answer.status).toBe(401)
  })

  test.each(['Forwarded', 'X-Forwarded-For', 'X-Real-IP', 'Via'])('who comes through a proxy (%s) needs one for reading too', async (name) => {
    const { token } = await known('reader')
    expect((await store.get('/v1/service')).status).toBe(200)
    expect((await store.get('/v1/service', { headers: { [name]: 'x' } })).status).toBe(401)
    expect((await store.get('/v1/service', { headers: { [name]: 'x', ...bearer(token).headers } })).status).toBe(200)
  })

  test('a change is told under the name of the token, whoever its holder says to be, in Nova\'s face too', async () => {
    const { token } = await known('operator', { name: 'ops-bot' })
    const { uuid } = await service()
    const patch = (headers: Record<string, string>, disabledReason: string): Promise<Response> =>
      store.get(`/v1/service/${uuid}`, { method: 'PATCH', headers: { ...bearer(token).headers, 'Content-Type': 'application/json', ...headers }, body: JSON.stringify({ status: 'disabled', disabledReason }) })
    const actor = async (): Promise<string | undefined> => (await store.serviceGroup.explain(uuid)).decisions.status?.actor
    expect((await patch({}, 'one')).status).toBe(200)
    expect(await actor()).toBe('token ops-bot')
    expect((await patch({ 'X-Svc-Actor': 'root%20(ann)' }, 'two')).status).toBe(200)
    expect(await actor()).toBe('token ops-bot (root (ann))')
    expect((await patch({ 'X-Svc-Actor': 'a'.repeat(400) }, 'three')).status).toBe(200)
    expect(await actor()).toHaveLength(255)
    const nova = { method: 'PUT', headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json', 'OpenStack-API-Version': 'compute 2.53' }, body: '{"status":"enabled"}' }
    expect((await store.get(`/v2.1/os-services/${uuid}`, nova)).status).toBe(200)
    expect(await actor()).toBe('token ops-bot')
  })

  test('Nova\'s face refuses in Nova\'s forms', async () => {
    const { token } = await known('reader')
    const nobody = await store.get('/v2.1/os-services/enable', { method: 'PUT', body: '{}', headers: { 'Content-Type': 'application/json' } })
    expect([nobody.status, nobody.headers.get('WWW-Authenticate'), await nobody.json()]).toEqual([401, 'Bearer realm="muster"', { error: { code: 401, title: 'Unauthorized', message: expect.stringContaining('needs a token') } }])
    const low = await store.get('/v2.1/os-services/1', { method: 'DELETE', ...bearer(token) })
    expect([low.status, await low.json()]).toEqual([403, { forbidden: { code: 403, message: expect.stringContaining('needs admin') } }])
  })

  test('a stream ends when its token is revoked, and when it expires; its client is told why', async () => {
    const { token, id } = await known('reader')
    const other = await known('reader')
    const open = async (text: string): Promise<Promise<unknown>> => {
      const response = await store.get('/v1/watch', bearer(text))
      expect(response.status).toBe(200)
      return response.text()
    }
    const watched = open(token)
    const client = createClient(store.server.url, { token })
    const watching = client.watchWorkers()[Symbol.asyncIterator]()
    await watching.next()
    let isOtherOver = false
    void open(other.token).then(() => (isOtherOver = true))
    await store.serviceGroup.revokeToken(id)
    expect(await watched).toContain('event: synced')
    await expect(watching.next()).rejects.toMatchObject({ code: 'not_allowed', hint: expect.stringContaining('SVC_TOKEN_FILE') })
    await client.close()
    expect((await store.get('/v1/service', bearer(token))).status).toBe(401)
    expect(isOtherOver).toBe(false)
    await store.serviceGroup.revokeToken(other.id)

    const brief = await known('reader', { expires: '1500ms' })
    expect(await open(brief.token)).toContain('event: synced')
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(brief.expiresAt ?? ''))
    expect(await store.serviceGroup.listTokens()).toContainEqual(expect.objectContaining({ id: brief.id }))
  })

  test('the client makes, lists and revokes them; what is no token is not sent', async () => {
    const { token } = await known('admin', { name: 'root' })
    const client = createClient(store.server.url, { token })
    const made = await client.createToken({ role: 'reader', name: 'r' }, { actor: 'ann' })
    expect(made).toMatchObject({ createdBy: 'token root (ann)' })
    expect((await client.listTokens()).map(({ id }) => id)).toContain(made.id)
    expect(await client.revokeToken(made.id)).toMatchObject({ id: made.id, name: 'r' })
    await expect(client.revokeToken(made.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(client.revokeToken('../service')).rejects.toMatchObject({ code: 'not_found' })
    await client.close()
    const nobody = createClient(store.server.url)
    await expect(nobody.listTokens()).rejects.toMatchObject({ code: 'not_allowed', hint: expect.stringContaining('role admin') })
    await nobody.close()
    expect(() => createClient(store.server.url, { token: 'a\nb' })).toThrow(expect.objectContaining({ code: 'invalid_argument', message: expect.not.stringContaining('a\nb') }))
  })

  test('the log names tokens by their ids, and has no text of any', async () => {
    const { token, id } = await known('reader')
    await store.get('/v1/host', bearer(token))
    await store.get('/v1/host', bearer(`${token.slice(0, -1)}_`))
    const text = JSON.stringify(lines)
    expect(lines).toContainEqual(expect.objectContaining({ message: 'request', path: '/v1/host', token: id }))
    expect(lines).toContainEqual(expect.objectContaining({ message: 'a wrong token was sent' }))
    expect(text).not.toMatch(/svc_[a-z0-9]{10}_/)
  })
})

describe('how often may be asked', () => {
  test('more than its requests a second with one token are 429 with Retry-After, others go on; so are more than ten wrong tokens', async () => {
    await using folder = await temporaryFolder()
    const backend = `embedded:${folder.path}`
    const server = await serve({ backend, port: 0, rateLimit: 5, logger: silentLogger })
    const group = await (await import('@muster/servicegroup')).openServiceGroup(backend)
    try {
      const [busy, calm] = [await group.createToken({ role: 'reader' }), await group.createToken({ role: 'reader' })]
      const get = (token: string): Promise<Response> => fetch(`${server.url}/v1/group`, bearer(token))
      await eventually(async () => expect((await get('notused')).status).toBe(401))
      const answers = await Promise.all(Array.from({ length: 12 }, () => get(busy.token)))
      const refused = answers.filter(({ status }) => status === 429)
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(5)
      expect(refused.length).toBeGreaterThanOrEqual(2) // the second may turn once
      expect(refused[0]?.headers.get('Retry-After')).toBe('1')
      expect(await refused[0]?.json()).toMatchObject({ status: 429, error: 'queue_full' })
      expect((await get(calm.token)).status).toBe(200)
      const wrong = await Promise.all(Array.from({ length: 30 }, () => get('notused')))
      expect(wrong.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(10)
      expect((await get(calm.token)).status).toBe(200)
    } finally {
      await group.close()
      await server.close()
    }
  })
})
