import { describe, expect, test } from '@jest/globals'
import type { MusterError } from '@muster/common'
import { Courier } from '@muster/notifications'
import { eventually, Keeper, limited, temporaryFolder, within } from '@muster/testkit'

import { never, notifications, oneBroker } from './one-broker.js'

const broker = oneBroker()
const timeoutMs = 120_000
const long = { timeoutMs: 60_000 }

/** What it is refused with. */
async function refusal(sending: Promise<void>): Promise<MusterError> {
  return await sending.then(
    () => {
      throw new Error('it was not refused')
    },
    (error: unknown) => error as MusterError,
  )
}

describe('what is told', () => {
  test('arrives once and in order, as persistent messages that say what they are', async () => {
    const sink = broker.sink()
    const told = notifications(100)
    await sink.send(told, never)
    const channel = await broker.connect()
    const first = await channel.get(broker.queue)
    if (!first) throw new Error('nothing has arrived')
    expect(first.fields).toMatchObject({ exchange: broker.exchange, routingKey: broker.queue })
    expect(first.properties).toMatchObject({ contentType: 'application/json', contentEncoding: 'utf-8', deliveryMode: 2, headers: {} })
    channel.nack(first)
    await eventually(async () => expect((await channel.checkQueue(broker.queue)).messageCount).toBe(100))
    expect(await broker.take()).toEqual(told.map((notification) => expect.objectContaining({ ...notification, _unique_id: notification.message_id.replaceAll('-', '') })))
  }, timeoutMs)

  test('goes over TLS to a broker whose certificate is that of its host', async () => {
    const { tls, server } = broker
    const url = `amqps://guest:guest@${String(server.secureEndpoint)}/`
    await broker.sink({ url: `${url}?cacertfile=${tls.ca}` }).send(notifications(1), never)
    expect(await broker.take()).toHaveLength(1)
    expect(await refusal(broker.sink({ url }).send(notifications(1), never))).toMatchObject({ code: 'backend_unreachable', hint: expect.stringContaining('cacertfile') })
    expect(await refusal(broker.sink({ url: `${url}?cacertfile=/nowhere.pem` }).send(notifications(1), never))).toMatchObject({ code: 'invalid_argument', message: '/nowhere.pem cannot be read (ENOENT)' })
  }, timeoutMs)

  test('waits for a queue where listeners make them, and then goes', async () => {
    const sink = broker.sink({ declareQueue: false })
    expect(await refusal(sink.send(notifications(3), never))).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining(`no queue takes ${broker.queue}`) })
    const channel = await broker.connect()
    await channel.assertQueue(broker.queue)
    await channel.bindQueue(broker.queue, broker.exchange, '#')
    await sink.send(notifications(3), never)
    expect(await broker.take()).toHaveLength(3)
  }, timeoutMs)

  test('that a full queue refuses is told again when there is room', async () => {
    const sink = broker.sink({ declareQueue: false })
    const channel = await broker.connect()
    await channel.assertExchange(broker.exchange, 'topic', { durable: false })
    await channel.assertQueue(broker.queue, { maxLength: 2, overflow: 'reject-publish' })
    await channel.bindQueue(broker.queue, broker.exchange, '#')
    const told = notifications(3)
    expect(await refusal(sink.send(told, never))).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('refused to take') })
    await broker.take()
    await channel.deleteQueue(broker.queue)
    await channel.assertQueue(broker.queue)
    await channel.bindQueue(broker.queue, broker.exchange, '#')
    await sink.send(told, never)
    expect((await broker.take()).map(({ seq }) => seq)).toEqual([1, 2, 3])
  }, timeoutMs)

  test('finds its queue again after somebody has removed it', async () => {
    const sink = broker.sink()
    await sink.send(notifications(1), never)
    await (await broker.connect()).deleteQueue(broker.queue)
    expect(await refusal(sink.send(notifications(2), never))).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('no queue takes') })
    await sink.send(notifications(2), never)
    expect(await broker.take()).toHaveLength(2)
  }, timeoutMs)

  test('goes to the next broker of the URL when one cannot be reached', async () => {
    const sink = broker.sink({ url: `amqp://guest:guest@127.0.0.1:1,${broker.server.endpoint}` })
    expect(await refusal(sink.send(notifications(1), never))).toMatchObject({ code: 'backend_unreachable' })
    await sink.send(notifications(1), never)
    expect(await broker.take()).toHaveLength(1)
  }, timeoutMs)
})

describe('what the broker refuses is told as what it is, without a secret', () => {
  test.each([
    ['a wrong password', 'guest:sesame', '', 'Login was refused'],
    ['a vhost that is not there', 'guest:guest', 'nowhere', 'the vhost is not there'],
    ['a user that may make no exchange', `${limited.username}:${limited.password}`, '', 'access to exchange'],
  ])('%s', async (_, userInfo, vhost, words) => {
    const error = await refusal(broker.sink({ url: `amqp://${userInfo}@${broker.server.endpoint}/${vhost}` }).send(notifications(1), never))
    expect(error).toMatchObject({ code: 'not_allowed', message: expect.stringContaining(words) })
    expect(error.hint).toBeDefined()
    expect(`${error.message} ${String(error.hint)} ${String(error.cause)}`).not.toContain(userInfo.slice(userInfo.indexOf(':')))
  }, timeoutMs)

  test('an exchange or a queue that is there with other settings: which setting, and what to do', async () => {
    const channel = await broker.connect()
    await channel.assertExchange('lasting', 'topic', { durable: true })
    expect(await refusal(broker.sink({ exchange: 'lasting' }).send(notifications(1), never))).toMatchObject({ code: 'invalid_argument', argument: 'durable', hint: expect.stringContaining('Set durable to true') })
    await channel.assertExchange('spread', 'fanout', { durable: false })
    expect(await refusal(broker.sink({ exchange: 'spread' }).send(notifications(1), never))).toMatchObject({ code: 'invalid_argument', argument: 'type', hint: expect.stringContaining('another exchange') })
    await channel.assertQueue('short.info', { durable: false, maxLength: 5 })
    expect(await refusal(broker.sink({ exchange: 'short' }).send(notifications(1), never))).toMatchObject({ code: 'invalid_argument', argument: 'x-max-length', hint: expect.stringContaining('declare_queue') })
  }, timeoutMs)
})

describe('a broker that does not answer', () => {
  test('ends what is sent at its deadline, by the heartbeat, or by its signal; closing does not wait for it', async () => {
    const sinks = { patient: broker.sink({ url: `${broker.server.url}?heartbeat=1s`, timeoutMs: 60_000 }), hasty: broker.sink({ timeoutMs: 500 }), asked: broker.sink(), closing: broker.sink() }
    await Promise.all(Object.values(sinks).map((sink) => sink.send(notifications(1), never)))
    await broker.server.suspend()
    try {
      const asking = new AbortController()
      const asked = refusal(sinks.asked.send(notifications(1), asking.signal))
      asking.abort(new Error('enough'))
      expect((await asked).message).toBe('enough')
      expect(await refusal(sinks.hasty.send(notifications(1), never))).toMatchObject({ code: 'operation_timed_out', timeoutMs: 500 })
      expect(await refusal(sinks.hasty.send(notifications(1), never))).toMatchObject({ code: 'operation_timed_out', message: expect.stringContaining('Connecting') })
      await within(sinks.closing.close(), 5000, 'closing')
      expect(await refusal(sinks.closing.send(notifications(1), never))).toMatchObject({ code: 'closed' })
      expect(await within(refusal(sinks.patient.send(notifications(1), never)), 20_000, 'the heartbeat')).toMatchObject({ code: 'outcome_unknown', message: expect.stringContaining('Heartbeat timeout') })
    } finally {
      await broker.server.resume()
    }
    await sinks.patient.send(notifications(1), never)
  }, timeoutMs)

  test('by an alarm says so; of what was sent meanwhile little is told twice', async () => {
    const sink = broker.sink({ timeoutMs: 1000 })
    const told = notifications(50)
    await broker.server.control('set_vm_memory_high_watermark', 'absolute', '1MB')
    try {
      for (let times = 0; times < 2; times++) expect(await refusal(sink.send(told, never))).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('low on memory') })
    } finally {
      await broker.server.control('set_vm_memory_high_watermark', '0.8')
    }
    await eventually(() => sink.send(told, never), long)
    const heard = (await broker.take()).map(({ seq }) => seq)
    expect(heard.slice(-50)).toEqual(told.map(({ seq }) => seq))
    expect(new Set(heard.slice(0, -50)).size).toBeLessThanOrEqual(1)
  }, timeoutMs)
})

describe('a courier to a RabbitMQ', () => {
  test('neither slows the writer of the log nor holds the event loop while the broker stands still, and tells all when it goes on', async () => {
    await using folder = await temporaryFolder()
    await using kept = await Keeper.open(`embedded:${folder.path}`, `sqlite:${folder.path}/history.db`)
    const sink = broker.sink({ timeoutMs: 1000 })
    await sink.send(notifications(1), never)
    const courier = new Courier({ log: kept.log }, sink)
    const membership = await kept.group.join({ group: 'g', name: 'api', hostname: 'h1' })
    await eventually(() => expect(courier.cursor).toBeGreaterThan(0))
    const change = async (times: number): Promise<number> => {
      const begun = performance.now()
      for (let round = 0; round < times; round++) await kept.group.update({ type: 'api', host: 'h1' }, { status: round % 2 === 0 ? 'disabled' : 'enabled' }, { actor: 'ann' })
      return performance.now() - begun
    }
    const free = await change(20)
    await broker.server.suspend()
    let held: number
    let longestPauseMs = 0
    try {
      let last = performance.now()
      const ticking = setInterval(() => {
        longestPauseMs = Math.max(longestPauseMs, performance.now() - last)
        last = performance.now()
      }, 10)
      held = await change(20)
      await eventually(() => expect(courier.status.failure).toBeDefined())
      clearInterval(ticking)
    } finally {
      await broker.server.resume()
    }
    expect(held).toBeLessThan(5 * free + 1000) // other processes share the processors
    expect(longestPauseMs).toBeLessThan(1000)
    const lastSeq = (await kept.until(({ seq }) => seq >= 43)).at(-1)?.seq
    await eventually(() => expect([courier.cursor, courier.status.failure]).toEqual([lastSeq, undefined]), long)
    await courier.close()
    await membership.leave()
  }, timeoutMs)

  test('tells every change in order and at least once while the broker is killed and comes back; by their ids exactly once', async () => {
    await using folder = await temporaryFolder()
    await using kept = await Keeper.open(`embedded:${folder.path}`, `sqlite:${folder.path}/history.db`)
    const sink = broker.sink({ durable: true, timeoutMs: 5000 })
    const courier = new Courier({ log: kept.log }, sink)
    await eventually(() => expect(courier.cursor).toBe(0))
    const membership = await kept.group.join({ group: 'g', name: 'api', hostname: 'h1' })
    const change = async (times: number): Promise<void> => {
      for (let round = 0; round < times; round++) await kept.group.update({ type: 'api', host: 'h1' }, { status: round % 2 === 0 ? 'disabled' : 'enabled' }, { actor: 'ann' })
    }
    await change(40)
    await eventually(() => expect(courier.cursor).toBeGreaterThan(10))
    await Promise.all([change(40), broker.server.kill()])
    await eventually(() => expect(courier.status.failure).toBeDefined(), long)
    await Promise.all([change(40), broker.server.start()])
    await change(40)
    await kept.until(({ seq }) => seq >= 163)
    const told = (await kept.all()).filter(({ kind }) => kind.startsWith('service'))
    await eventually(() => expect(courier.cursor).toBe(told.at(-1)?.seq), long)
    await courier.close()
    const heard = await broker.take()
    const once = [...new Map(heard.map((message) => [message._unique_id, message])).values()]
    expect(once.map(({ seq, message_id: id }) => [seq, id])).toEqual(told.map(({ seq, id }) => [seq, id]))
    await membership.leave()
  }, timeoutMs)
})
