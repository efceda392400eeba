import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { eventually, startRabbitMq } from '@muster/testkit'
import type { RabbitMqServer } from '@muster/testkit'

import { Store } from './svc.js'

let broker: RabbitMqServer
beforeAll(async () => {
  broker = await startRabbitMq()
}, 150_000)
afterAll(async () => await broker[Symbol.asyncDispose]())

/** Serves the store, and tells a change to the broker. */
async function changeWhile(words: readonly string[], env: Readonly<Record<string, string>>, heard: () => Promise<void>): Promise<void> {
  await using store = await Store.create()
  await using server = store.start(['serve', '--port', '0', ...words], env)
  await server.line(/^listening on/)
  const group = await openServiceGroup(store.backend)
  try {
    await group.join({ name: 'nova-compute', hostname: 'h1' })
    await heard()
  } finally {
    await group.close()
  }
}

test('the URL says where what is told goes: exchange, topic, and whether they outlive the broker', async () => {
  const url = `${broker.url}?exchange=deployment&topic=muster_notifications&durable=true`
  await using opened = await broker.connect()
  const { channel } = opened
  const first = async (): Promise<Record<string, unknown>> => {
    await channel.assertExchange('deployment', 'topic', { durable: true }) // is refused where it is another
    await channel.assertQueue('muster_notifications.info', { durable: true })
    const message = await channel.get('muster_notifications.info', { noAck: true })
    if (!message) throw new Error('nothing was told')
    expect(message.fields).toMatchObject({ exchange: 'deployment', routingKey: 'muster_notifications.info' })
    return JSON.parse(String((JSON.parse(message.content.toString()) as Record<string, unknown>)['oslo.message'])) as Record<string, unknown>
  }
  await changeWhile([], { SVC_RABBITMQ: url }, () => eventually(async () => expect(await first()).toMatchObject({ event_type: 'service.create' }), { timeoutMs: 30_000 }))
}, 120_000)

test('without a queue of its own what happens waits until a listener has made one', async () => {
  await using opened = await broker.connect()
  const { channel } = opened
  await channel.assertExchange('own', 'topic', { durable: false })
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, 'own', 'told.#')
  await changeWhile(['--rabbitmq', `${broker.url}?exchange=own&topic=told&declare_queue=false`], {}, () => eventually(async () => expect(await channel.get(queue, { noAck: true })).not.toBe(false), { timeoutMs: 30_000 }))
}, 120_000)

test('a wrong option ends the start with 64, with the one that was probably meant and without the password', async () => {
  await using store = await Store.create()
  const { code, stderr } = await store.svc(['serve', '--port', '0'], { SVC_RABBITMQ: 'amqp://u:sesame@h/?exchnage=nova' })
  expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining("Did you mean 'exchange'?") })
  expect(stderr).not.toContain('sesame')
})
