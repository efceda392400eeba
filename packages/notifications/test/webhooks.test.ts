import { expect, test } from '@jest/globals'
import { Endpoint, eventually } from '@muster/testkit'
import type { Answering, Received } from '@muster/testkit'
import { testWebhook } from '@muster/notifications'
import { Webhook } from 'standardwebhooks'

import { Stage } from './stage.js'

const status = (code: number, headers: Record<string, string> = {}): Answering => (_, response) => response.writeHead(code, headers).end()
const verified = (secret: string, { text, headers }: Received): unknown => new Webhook(secret).verify(text, headers as Record<string, string>)

test('each change is told once, in order, one a request, signed so that the library of Standard Webhooks accepts it', async () => {
  await using stage = await Stage.open()
  await using endpoint = await Endpoint.open()
  const { secret } = await stage.webhook(endpoint.url)
  const ids = await stage.change(5)
  const received = await endpoint.until(5)
  expect(endpoint.ids).toEqual(ids)
  for (const one of received) expect(verified(secret, one)).toMatchObject({ type: 'service.update', data: { event_type: 'service.update', actor: 'ann', message_id: one.headers['webhook-id'] } })
  expect(received.map(({ body }) => body.data.changes)).toEqual([1, 2, 3, 4, 5].map((version) => ({ version: { old: version - 1, new: version } })))
  expect(received[0]?.body.timestamp).toBe((await stage.log.read({}, { after: 5, limit: 1 })).changes[0]?.at)
  expect(received[0]?.headers['content-type']).toBe('application/json')
})

test('a webhook is told of the kinds, types and hosts that it is for, and of no others', async () => {
  await using stage = await Stage.open()
  await using endpoint = await Endpoint.open()
  for (const filter of [{ kinds: ['service.delete'] }, { types: ['other'] }, { hosts: ['h2'] }]) await stage.webhook(`${endpoint.url}?no`, filter)
  await stage.webhook(endpoint.url, { kinds: ['service.update'], types: ['api', 'other'], hosts: ['h1'] })
  const [id] = await stage.change()
  await endpoint.until(1)
  await stage.group.delete({ type: 'api', host: 'h1' })
  await endpoint.until(2)
  expect(endpoint.received.map(({ body }) => body.type).sort()).toEqual(['service.delete', 'service.update'])
  expect(endpoint.ids[0]).toBe(id)
})

test('after a rotation receivers with either secret accept what is told, without a gap', async () => {
  await using stage = await Stage.open()
  await using endpoint = await Endpoint.open()
  const webhook = await stage.webhook(endpoint.url)
  const { secret } = await stage.group.rotateWebhookSecret(webhook.id)
  await eventually(async () => {
    await stage.change()
    const last = (await endpoint.until(1)).at(-1) as Received
    expect(String(last.headers['webhook-signature']).split(' ')).toHaveLength(2)
    for (const either of [secret, webhook.secret]) expect(() => verified(either, last)).not.toThrow()
  })
  const third = await stage.group.rotateWebhookSecret(webhook.id)
  await eventually(async () => {
    await stage.change()
    const last = endpoint.received.at(-1) as Received
    for (const either of [third.secret, secret]) expect(() => verified(either, last)).not.toThrow()
    expect(() => verified(webhook.secret, last)).toThrow()
  })
})

test.each(Object.entries({ 'answers 500': status(500), redirects: status(302, { location: 'http://127.0.0.1:9/' }), 'resets the connection': ((_, response) => response.socket?.resetAndDestroy()) as Answering, 'never answers': () => undefined }))(
  'what an endpoint that %s has not taken is told again under its id, before anything that came later',
  async (_name, failing) => {
    await using stage = await Stage.open()
    await stage.observe({ schedule: [0, 20, 20, 20, 20, 20], timeoutMs: 200 })
    await using endpoint = await Endpoint.open((received, response) => {
      if (endpoint.ids.filter((id) => id === received.headers['webhook-id']).length < 3) failing(received, response)
      else status(200)(received, response)
    })
    await stage.webhook(endpoint.url)
    const ids = await stage.change(3)
    const received = await endpoint.until(9)
    expect(endpoint.ids).toEqual(ids.flatMap((id) => [id, id, id]))
    expect(new Set(received.map(({ text }) => text)).size).toBe(3)
  },
)

test('an endpoint that asks for time gets it', async () => {
  await using stage = await Stage.open()
  await stage.observe({ schedule: [0, 10, 10] })
  await using endpoint = await Endpoint.open((_, response) => response.writeHead(endpoint.received.length === 1 ? 429 : 200, { 'retry-after': '1' }).end())
  await stage.webhook(endpoint.url)
  const [id] = await stage.change()
  const [first, second] = await endpoint.until(2)
  expect(endpoint.ids).toEqual([id, id])
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(999)
})

test('an endpoint that says it is gone is disabled, and goes on where it stopped when it is enabled again', async () => {
  await using stage = await Stage.open()
  await using endpoint = await Endpoint.open(status(410))
  const webhook = await stage.webhook(endpoint.url)
  const [first] = await stage.change()
  await eventually(async () => expect(await stage.find(webhook)).toMatchObject({ status: 'disabled', disabledReason: expect.stringContaining('410') }))
  const [second] = await stage.change()
  expect(endpoint.ids).toEqual([first])
  endpoint.answer = status(200)
  expect(await stage.group.setWebhookState(webhook.id, { status: 'enabled' })).toMatchObject({ status: 'enabled', disabledReason: null })
  await endpoint.until(3)
  expect(endpoint.ids).toEqual([first, first, second])
})

test('after the last attempt the webhook is disabled, with the reason in the list and in the log; enabled again it has all attempts anew', async () => {
  await using stage = await Stage.open()
  await stage.observe({ schedule: [0, 10, 10] })
  await using endpoint = await Endpoint.open(status(503))
  const webhook = await stage.webhook(endpoint.url)
  const [id] = await stage.change()
  const reason = '3 attempts have failed, the last: the endpoint does not take it: HTTP 503'
  await eventually(async () => expect(await stage.find(webhook)).toMatchObject({ status: 'disabled', disabledReason: reason }))
  expect(endpoint.ids).toEqual([id, id, id])
  await eventually(() => expect(stage.lines).toContain('a webhook is disabled, its endpoint takes nothing'))
  await stage.group.setWebhookState(webhook.id, { status: 'enabled' })
  await eventually(async () => expect((await stage.find(webhook))?.status).toBe('disabled'))
  expect(endpoint.ids).toEqual([id, id, id, id, id, id])
})

test('whoever observes next goes on with the retry where it stood', async () => {
  await using stage = await Stage.open()
  const schedule = [0, 10, 1500, 10]
  await stage.observe({ schedule })
  await using endpoint = await Endpoint.open(status(500))
  const webhook = await stage.webhook(endpoint.url)
  const [id] = await stage.change()
  const retry = await eventually(async () => {
    const { retry: waiting } = await stage.progress(webhook)
    if (waiting?.attempts !== 2) throw new Error('not yet')
    return waiting
  })
  expect(retry.failure).toContain('HTTP 500')
  await stage.observe({ schedule })
  expect((await stage.progress(webhook)).retry).toEqual(retry)
  endpoint.answer = status(200)
  const received = await endpoint.until(3)
  expect(endpoint.ids).toEqual([id, id, id])
  expect(received[2]?.at).toBeGreaterThanOrEqual(retry.at)
  await eventually(async () => expect(await stage.progress(webhook)).toEqual({ seq: retry.seq, retry: undefined }))
})

test('what happened while nobody observed is told by the next who does', async () => {
  await using stage = await Stage.open()
  await using endpoint = await Endpoint.open()
  const webhook = await stage.webhook(endpoint.url)
  await stage.change()
  const { lastSeq } = await stage.log.read()
  await eventually(async () => expect((await stage.progress(webhook)).seq).toBe(lastSeq)) // else the next tells the first again
  await stage.stopObserving()
  await stage.group.update({ type: 'api', host: 'h1' }, { status: 'disabled' })
  await stage.observe()
  expect((await endpoint.until(2))[1]?.body.data).toMatchObject({ effective: 'down', changes: { status: { old: 'enabled', new: 'disabled' } } })
})

test('an endpoint that hangs and one where nobody listens do not hinder another', async () => {
  await using stage = await Stage.open()
  await stage.observe({ timeoutMs: 10_000 })
  await using hanging = await Endpoint.open(() => undefined)
  await using good = await Endpoint.open()
  const gone = await Endpoint.open()
  await stage.webhook(hanging.url)
  const dead = await stage.webhook(gone.url)
  await gone[Symbol.asyncDispose]()
  await stage.webhook(good.url)
  const ids = await stage.change(20)
  await good.until(20)
  expect(good.ids).toEqual(ids)
  expect(hanging.ids).toEqual(ids.slice(0, 1))
  expect((await stage.progress(dead)).retry).toMatchObject({ attempts: 1, failure: expect.stringContaining('ECONNREFUSED') })
})

test('an address that is not allowed is told nothing, and why is known', async () => {
  await using stage = await Stage.open()
  await stage.observe({ allow: [] })
  await using endpoint = await Endpoint.open()
  const webhook = await stage.webhook(endpoint.url)
  await stage.change()
  await eventually(async () => expect((await stage.progress(webhook)).retry?.failure).toContain('none that webhooks may be sent to'))
  expect(endpoint.ids).toEqual([])
})

test('a webhook that is deleted is told no more, and its place is forgotten', async () => {
  await using stage = await Stage.open()
  await using endpoint = await Endpoint.open(status(500))
  await using other = await Endpoint.open()
  const webhook = await stage.webhook(endpoint.url)
  await stage.webhook(other.url)
  await stage.change()
  await eventually(async () => expect((await stage.progress(webhook)).retry?.attempts).toBe(1))
  await stage.group.deleteWebhook(webhook.id)
  await eventually(async () => expect(await stage.progress(webhook)).toEqual({ seq: undefined, retry: undefined }))
  await stage.change()
  await other.until(2)
  expect(endpoint.ids).toHaveLength(1)
})

test('a test is sent once, signed, and says what came of it', async () => {
  await using stage = await Stage.open()
  await using endpoint = await Endpoint.open((_, response) => response.writeHead(500).end('no such\u001b[31m hook'))
  const { id, secret } = await stage.webhook(endpoint.url)
  const allow = ['127.0.0.1']
  expect(await testWebhook(stage.group, id, { allow })).toEqual({ told: false, status: 500, latencyMs: expect.any(Number), excerpt: 'no such [31m hook', error: null })
  expect(verified(secret, endpoint.received[0] as Received)).toMatchObject({ type: 'webhook.test', data: { webhook: id } })
  await stage.group.setWebhookState(id, { status: 'disabled', disabledReason: 'moved' })
  endpoint.answer = status(200)
  expect(await testWebhook(stage.group, id, { allow })).toMatchObject({ told: true, status: 200, error: null })
  expect(await testWebhook(stage.group, id)).toMatchObject({ told: false, status: null, error: expect.stringContaining('127.0.0.1') })
  await expect(testWebhook(stage.group, 'nosuch')).rejects.toMatchObject({ code: 'not_found' })
  expect(endpoint.received).toHaveLength(2)
})
