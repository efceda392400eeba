import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, test } from '@jest/globals'
import { Endpoint, eventually } from '@muster/testkit'

import { Scene } from './scene.js'

const url = 'https://192.0.2.1/in'
const webhookAllow = ['127.0.0.0/8', '192.0.2.0/24']

describe('webhooks over HTTP', () => {
  test('are made, listed, rotated, disabled, enabled and deleted as on the backend; the list says how far each is', async () => {
    await using scene = await Scene.open()
    await scene.startServer(undefined, { webhookAllow })
    const client = scene.client()
    expect(await client.listWebhooks()).toEqual([])
    const { secret, ...webhook } = await client.addWebhook({ url, types: ['nova-compute'] }, { actor: 'ann' })
    expect(webhook).toMatchObject({ url, kinds: [], types: ['nova-compute'], hosts: [], status: 'enabled', createdBy: 'ann' })
    expect(await scene.store.listWebhooks()).toEqual([webhook])
    await eventually(async () => expect(await client.listWebhooks()).toEqual([{ ...webhook, progress: { cursor: 0, lag: 0, attempts: 0, nextAttemptAt: null, failure: null } }]))
    expect(await client.rotateWebhookSecret(webhook.id)).toEqual({ ...webhook, secret: expect.not.stringContaining(secret) })
    expect(await client.setWebhookState(webhook.id, { status: 'disabled', disabledReason: 'moved' })).toEqual({ ...webhook, status: 'disabled', disabledReason: 'moved' })
    const enabled = await client.setWebhookState(webhook.id, { status: 'enabled' })
    expect(await client.deleteWebhook(webhook.id)).toEqual(enabled)
    expect(await scene.store.listWebhooks()).toEqual([])
  })

  test('are refused with the errors of the backend, and with the server\'s own', async () => {
    await using scene = await Scene.open()
    await scene.startServer()
    const client = scene.client()
    await expect(client.addWebhook({ url })).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(client.addWebhook({ url: 'ftp://h/' })).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(client.addWebhook({ url, kinds: ['service.gone'] })).rejects.toMatchObject({ code: 'invalid_argument' })
    for (const id of [crypto.randomUUID(), 'nosuch', '../token/x', '']) {
      for (const call of [client.deleteWebhook(id), client.rotateWebhookSecret(id), client.testWebhook(id), client.setWebhookState(id, { status: 'enabled' })]) await expect(call).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  test('a test may take longer than other calls, not for ever, and ends when its caller gives up', async () => {
    await using scene = await Scene.open()
    await scene.startServer(undefined, { webhookAllow })
    await using endpoint = await Endpoint.open((_, response) => setTimeout(() => response.writeHead(202).end('later'), 800))
    const client = scene.client({ timeoutMs: 500 })
    const { id } = await scene.store.addWebhook({ url: endpoint.url })
    expect(await client.testWebhook(id)).toEqual({ told: true, status: 202, latencyMs: expect.any(Number), excerpt: 'later', error: null })
    const abort = new AbortController()
    const [asked] = [client.testWebhook(id, { signal: abort.signal }), endpoint.until(2).then(() => abort.abort(new Error('enough')))]
    await expect(asked).rejects.toThrow('enough')
  })

  test('a server that is none of Muster is told', async () => {
    await using scene = await Scene.open()
    const server = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('[{"id":"x"}]')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    scene.own(() => new Promise((resolve) => server.close(resolve)))
    const client = scene.client({}, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await expect(client.listWebhooks()).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('webhooks') })
    await expect(client.deleteWebhook('x')).rejects.toMatchObject({ code: 'backend_unreachable' })
  })
})
