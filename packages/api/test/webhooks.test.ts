import { describe, expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import { Endpoint, eventually, freePort } from '@muster/testkit'
import type { Received } from '@muster/testkit'
import { Webhook } from 'standardwebhooks'

import { ServedStore } from './served-store.js'

const webhookAllow = ['127.0.0.0/8']
const id = { type: 'nova-compute', host: 'h1' }

interface Row {
  readonly id: string
  readonly secret?: string
  readonly status: string
  readonly disabledReason: string | null
  readonly progress: { readonly cursor: number | null; readonly lag: number | null; readonly attempts: number; readonly nextAttemptAt: string | null; readonly failure: string | null } | null
}

const send = (method: string, content?: object): RequestInit => ({ method, ...(content && { headers: { 'Content-Type': 'application/json', 'X-Svc-Actor': 'ann' }, body: JSON.stringify(content) }) })
const json = async <T = Row>(response: Response): Promise<T> => (await response.json()) as T
const rows = async (store: ServedStore): Promise<Row[]> => json<Row[]>(await store.get('/v1/webhook'))
const verified = (secret: string | undefined, { text, headers }: Received): unknown => new Webhook(secret ?? '').verify(text, headers as Record<string, string>)

/** A store with one service, whose changes are told. */
async function withService(logger?: Logger): Promise<ServedStore> {
  const store = await ServedStore.start(logger, { webhookAllow })
  await store.serviceGroup.join({ group: 'g', name: id.type, hostname: id.host })
  await store.list('/v1/change', 3)
  return store
}

/** A webhook that is told from the next change on. */
async function made(store: ServedStore, url: string, filter: object = {}): Promise<Row> {
  const webhook = await json(await store.get('/v1/webhook', send('POST', { url, ...filter })))
  await eventually(async () => expect((await rows(store)).find((row) => row.id === webhook.id)?.progress?.cursor).toEqual(expect.any(Number)))
  return webhook
}

describe('a webhook over HTTP', () => {
  test('is told of a change, signed with the secret that was answered this once; the list says how far it is', async () => {
    await using store = await withService()
    await using endpoint = await Endpoint.open()
    const { secret, ...webhook } = await made(store, endpoint.url, { kinds: ['service.update'], types: [id.type] })
    expect(webhook).toMatchObject({ url: endpoint.url, kinds: ['service.update'], types: [id.type], hosts: [], status: 'enabled', createdBy: 'ann' })
    await store.serviceGroup.update(id, { status: 'disabled' }, { reason: 'disk' })
    const [received] = await endpoint.until(1)
    expect(verified(secret, received as Received)).toMatchObject({ type: 'service.update', data: { reason: 'disk' } })
    await eventually(async () => expect(await rows(store)).toEqual([{ ...webhook, progress: { cursor: 4, lag: 0, attempts: 0, nextAttemptAt: null, failure: null } }]))
  })

  test('that does not take a change is shown with its attempts and the reason; one that answers 410 is disabled, and goes on when it is enabled', async () => {
    await using store = await withService()
    await using endpoint = await Endpoint.open((_, response) => response.writeHead(500).end())
    const webhook = await made(store, endpoint.url)
    await store.serviceGroup.update(id, { status: 'disabled' })
    await eventually(async () => expect((await rows(store))[0]?.progress).toMatchObject({ cursor: 3, lag: 1, attempts: 1, nextAttemptAt: expect.stringMatching(/Z$/), failure: expect.stringContaining('HTTP 500') }))
    endpoint.answer = (_, response) => response.writeHead(410).end()
    await eventually(async () => expect((await rows(store))[0]).toMatchObject({ status: 'disabled', disabledReason: expect.stringContaining('410') }), { timeoutMs: 20_000 })
    endpoint.answer = (_, response) => response.writeHead(204).end()
    const [before, path] = [endpoint.received.length, `/v1/webhook/${webhook.id}`]
    expect(await json(await store.get(path, send('PATCH', { status: 'enabled' })))).toMatchObject({ status: 'enabled', disabledReason: null })
    await endpoint.until(before + 1)
    expect(new Set(endpoint.ids).size).toBe(1)
    expect(await json(await store.get(path, send('PATCH', { status: 'disabled', disabledReason: 'moved' })))).toMatchObject({ status: 'disabled', disabledReason: 'moved' })
  })

  test('is tested once, gets a new secret beside the old one, and is deleted', async () => {
    await using store = await withService()
    await using endpoint = await Endpoint.open()
    const { id: webhook, secret } = await made(store, endpoint.url)
    const path = `/v1/webhook/${webhook}`
    expect(await json(await store.get(`${path}/test`, send('POST')))).toEqual({ told: true, status: 204, latencyMs: expect.any(Number), excerpt: '', error: null })
    expect(verified(secret, endpoint.received[0] as Received)).toMatchObject({ type: 'webhook.test' })
    const rotated = await json(await store.get(`${path}/secret`, send('POST')))
    expect(rotated.secret).not.toBe(secret)
    await store.get(`${path}/test`, send('POST'))
    for (const either of [secret, rotated.secret]) expect(() => verified(either, endpoint.received[1] as Received)).not.toThrow()
    expect(await json(await store.get(path, send('DELETE')))).toMatchObject({ id: webhook })
    expect(await rows(store)).toEqual([])
    for (const [method, below, content] of [['DELETE', ''], ['PATCH', '', { status: 'enabled' }], ['POST', '/secret'], ['POST', '/test']] as const) expect((await store.get(path + below, send(method, content))).status).toBe(404)
  })

  test('is refused with a wrong field, kind or URL, and where its address is not allowed', async () => {
    await using store = await ServedStore.start(silentLogger, { webhookAllow: ['127.0.0.1'] })
    const answer = async (content: object): Promise<[number, string]> => {
      const response = await store.get('/v1/webhook', send('POST', content))
      return [response.status, (await json<{ detail: string }>(response)).detail]
    }
    expect(await answer({ ulr: 'https://h/' })).toEqual([400, expect.stringContaining("Did you mean 'url'?")])
    expect(await answer({ url: 'https://h/', kinds: ['service.updat'] })).toEqual([400, expect.stringContaining("Did you mean 'service.update'?")])
    expect((await answer({ url: 'ftp://127.0.0.1/' }))[0]).toBe(400)
    expect(await answer({ url: 'http://10.0.0.1/hook' })).toEqual([403, expect.stringContaining('none that webhooks may be sent to')])
    expect((await store.get('/v1/webhook', { method: 'POST' })).status).toBe(400)
    expect(await rows(store)).toEqual([])
  })

  test('is in the log with who did what to it, and neither its path, its query nor its secrets', async () => {
    const lines: unknown[] = []
    const keep = (fields: object, message: string): void => void lines.push({ ...fields, message })
    await using store = await withService({ ...silentLogger, debug: keep, info: keep, warn: keep, error: keep })
    await using endpoint = await Endpoint.open()
    const { id: webhook, secret = '' } = await made(store, `${endpoint.url}?key=hidden`)
    await store.get(`/v1/webhook/${webhook}`, send('DELETE'))
    for (const audit of ['webhook.added', 'webhook.deleted']) expect(lines).toContainEqual(expect.objectContaining({ audit, webhook, host: new URL(endpoint.url).host, source: '127.0.0.1' }))
    const text = JSON.stringify(lines)
    expect(text).not.toContain('hidden')
    expect(text).not.toContain(secret)
  })
})

describe('what a server tells', () => {
  test('nothing where notifications are off: their paths are 404, changes are told all the same', async () => {
    await using store = await ServedStore.start(silentLogger, { webhookAllow, notifications: false })
    await store.serviceGroup.join({ group: 'g', name: id.type, hostname: id.host })
    await store.list('/v1/change', 3)
    for (const path of ['/v1/notification', '/v1/notification/stream']) {
      const response = await store.get(path)
      expect([response.status, (await json<{ hint: string }>(response)).hint]).toEqual([404, expect.stringContaining('--notifications off')])
    }
    await using endpoint = await Endpoint.open()
    await store.get('/v1/webhook', send('POST', { url: endpoint.url }))
    await store.serviceGroup.update(id, { status: 'disabled' })
    await store.list('/v1/change', 4)
    expect((await rows(store))[0]?.progress).toMatchObject({ cursor: null, attempts: 0 })
    expect(endpoint.received).toEqual([])
  })

  test('a RabbitMQ with a wrong URL and a range that is none refuse the start; one that is away hinders nothing', async () => {
    await using store = await ServedStore.start()
    const start = (options: object): Promise<unknown> => serve({ backend: store.backend, port: 0, logger: silentLogger, ...options })
    await expect(start({ rabbitmq: { url: 'http://guest:hidden@rabbit' } })).rejects.toMatchObject({ code: 'invalid_argument', message: expect.not.stringContaining('hidden') })
    await expect(start({ webhookAllow: ['10.0.0.0/99'] })).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('10.0.0.0/99') })
    await using other = await ServedStore.start(silentLogger, { rabbitmq: { url: `amqp://127.0.0.1:${await freePort()}` } })
    await other.serviceGroup.join({ group: 'g', name: id.type, hostname: id.host })
    await other.list('/v1/change', 3)
  })
})
