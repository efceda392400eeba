import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { rabbitmqSink } from '@muster/notifications'
import type { Notification } from '@muster/notifications'

import { Keeper } from '../history/keeper.js'
import { startRabbitMq } from '../rabbitmq/server.js'
import type { RabbitMqServer } from '../rabbitmq/server.js'
import { NodeProcess } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { findPythonSystems } from './python-systems.js'
import { soon } from './soon.js'

/** Read from the sources: the compiler leaves out what is not TypeScript. */
const program = fileURLToPath(new URL('../../src/interop/oslo_messaging_process.py', import.meta.url))
const timeoutMs = 120_000
const never = new AbortController().signal

let server: RabbitMqServer

beforeAll(async () => {
  server = await startRabbitMq()
}, 150_000)

afterAll(async () => await server[Symbol.asyncDispose]())

async function startPython(...words: readonly string[]): Promise<NodeProcess> {
  const { python } = await findPythonSystems()
  const [what = '', ...rest] = words
  return new NodeProcess(spawn(python, [program, what, server.url.replace('amqp://', 'rabbit://'), ...rest], { stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** It has said goodbye to nobody when it is killed: what it has heard last it may not have acknowledged. */
async function startListener(exchange: string, topic: string): Promise<NodeProcess> {
  const listener = await startPython('listen', exchange, topic)
  await listener.line(/^listening$/, { timeoutMs: 60_000 })
  return listener
}

/** What an endpoint of oslo.messaging was given. */
interface Given {
  readonly ctxt: Readonly<Record<string, unknown>>
  readonly publisher_id: string
  readonly event_type: string
  readonly payload: Notification['payload']
  readonly metadata: unknown
}

/** All that it was given, once there are so many. */
const given = (listener: NodeProcess, count: number): Promise<readonly Given[]> =>
  soon(() => {
    const lines = listener.stdout.split('\n').filter((line) => line.startsWith('{'))
    if (lines.length !== count) throw new Error(`it was given ${lines.length}: ${listener.stderr}`)
    return lines.map((line) => JSON.parse(line) as Given)
  })

const samples = ['service-create', 'service-update', 'service-delete'].map((name, index) => {
  const sample = JSON.parse(readFileSync(new URL(`../../../notifications/samples/${name}.json`, import.meta.url), 'utf8')) as Notification
  return { ...sample, message_id: `ce9e64b0-8b4d-4055-a07e-f4c872411ca${index}` }
})

test("a listener of oslo.messaging is given Nova's notifications, those too that were told before it came, and what is told twice once", async () => {
  const sink = rabbitmqSink({ url: server.url })
  await sink.send(samples.slice(0, 2), never)
  await using listener = await startListener('nova', 'versioned_notifications')
  await given(listener, 2)
  await sink.send(samples, never)
  expect(await given(listener, 3)).toEqual(
    samples.map(({ message_id: id, publisher_id: publisher, event_type: type, payload, timestamp, actor }) => ({
      // The listener adds the timeout itself.
      ctxt: { client_timeout: null, request_id: `req-${id}`, user_id: actor, project_id: null, is_admin: true, timestamp: timestamp.replace(' ', 'T') },
      publisher_id: publisher,
      event_type: type,
      payload,
      metadata: { message_id: id, timestamp },
    })),
  )
  await sink.close()
}, timeoutMs)

test('the life of a service reaches a listener of oslo.messaging as create, update and delete', async () => {
  await using listener = await startListener('nova', 'lives')
  await using folder = await temporaryFolder()
  const options = { sinks: [() => rabbitmqSink({ url: server.url, topic: 'lives' })] }
  await using kept = await Keeper.open(`embedded:${folder.path}`, `sqlite:${folder.path}/history.db`, options)
  await soon(() => expect(kept.observer.state).toBe('observing'))
  await soon(async () => expect(await kept.log.history.read((tables) => tables.selectFrom('cursors').select('sink').execute())).toEqual([{ sink: 'rabbitmq' }]))
  const membership = await kept.group.join({ group: 'nova', name: 'nova-compute', hostname: 'host1' })
  await kept.until(({ kind }) => kind === 'service.updated')
  await kept.group.update({ type: 'nova-compute', host: 'host1' }, { status: 'disabled' }, { actor: 'ann', reason: 'new disks' })
  await membership.leave()
  await kept.until(({ after }) => after !== null && 'state' in after && 'status' in after && after.status === 'disabled' && after.state === 'down')
  await kept.group.delete({ type: 'nova-compute', host: 'host1' }, { actor: 'bob' })
  const heard = await given(listener, 5)
  expect(heard.map(({ event_type: type, publisher_id: publisher, ctxt }) => [type, publisher, ctxt['user_id']])).toEqual([
    ['service.create', 'nova-compute:host1', expect.any(String)],
    ['service.update', 'nova-compute:host1', expect.any(String)],
    ['service.update', 'nova-compute:host1', 'ann'],
    ['service.update', 'nova-compute:host1', expect.any(String)],
    ['service.delete', 'nova-compute:host1', 'bob'],
  ])
  expect(heard.map(({ payload }) => payload['nova_object.data'].disabled)).toEqual([false, false, true, true, true])
}, timeoutMs)

test("what is put on the wire has the properties and the shape of what oslo.messaging's own publisher puts there", async () => {
  await using opened = await server.connect()
  const [theirs, ours] = ['theirs', 'ours']
  const [sample] = samples
  if (!sample) throw new Error('there is no sample')
  await using publisher = await startPython('notify', theirs, theirs, sample.publisher_id, sample.event_type, JSON.stringify(sample.payload))
  expect([await publisher.exited, publisher.stderr]).toEqual([{ code: 0, signal: null }, expect.any(String)])
  const sink = rabbitmqSink({ url: server.url, exchange: ours, topic: ours })
  await sink.send([sample], never)
  const take = async (name: string) => {
    await opened.channel.checkExchange(name)
    const message = await opened.channel.get(`${name}.info`, { noAck: true })
    if (!message) throw new Error(`nothing is in ${name}.info`)
    const envelope = JSON.parse(message.content.toString()) as Record<string, string>
    const body = JSON.parse(envelope['oslo.message'] ?? '') as Record<string, unknown>
    return { properties: message.properties, envelope: { ...envelope, 'oslo.message': '' }, body }
  }
  const [their, our] = [await take(theirs), await take(ours)]
  expect(our.properties).toEqual(their.properties)
  expect(our.envelope).toEqual(their.envelope)
  expect(Object.keys(our.body)).toEqual(expect.arrayContaining(Object.keys(their.body)))
  for (const key of ['publisher_id', 'event_type', 'priority', 'payload', '_context_user_id', '_context_is_admin']) expect([key, our.body[key]]).toEqual([key, key === '_context_user_id' ? sample.actor : their.body[key]])
  const forms: Readonly<Record<string, RegExp>> = { message_id: /^[\da-f-]{36}$/, _unique_id: /^[\da-f]{32}$/, timestamp: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/ }
  for (const [key, form] of Object.entries(forms)) expect([key, our.body[key], their.body[key]]).toEqual([key, expect.stringMatching(form), expect.stringMatching(form)])
  await sink.close()
}, timeoutMs)
