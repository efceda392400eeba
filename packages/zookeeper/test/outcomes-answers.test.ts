import { expect, test } from '@jest/globals'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { FakeServer, frameOf, int, reply, welcome } from './fake-server.js'
import { outcomeOf } from './following.js'

const opcodes = { delete: 2, getData: 4, setData: 5, multi: 14 }

/** A client of a server that answers `opcode` with `answer` as the body, after xid and zxid; everything else is done. */
async function withAnswer(opcode: number, answer: Buffer, use: (zk: ZooKeeperClient, fake: FakeServer) => Promise<void>): Promise<void> {
  await using fake = await FakeServer.start({
    toHello: ({ timeoutMs }) => welcome(7n, timeoutMs),
    toRequest: (xid, code) => (code === opcode ? frameOf(int(xid), Buffer.alloc(8), answer) : reply(xid)),
  })
  await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 2000 })
  await use(zk, fake)
}

test.each([-13, -118, -127, -4711, 9])('the error number %d ends that call alone, with that number', async (number) => {
  await withAnswer(opcodes.setData, int(number), async (zk, fake) => {
    const [refused, fine] = await Promise.all([zk.setData('/a', Buffer.alloc(0)).catch((error: unknown) => error), outcomeOf(zk.delete('/a'))])
    expect([refused, fine]).toEqual([expect.objectContaining({ name: 'ZooKeeperError', number }), 'done'])
    expect([await outcomeOf(zk.sync()), fake.connections, zk.state.state]).toEqual(['done', 1, 'connected'])
  })
})

test('a change whose answer cannot be read is OutcomeUnknown, and so are those behind it', async () => {
  await withAnswer(opcodes.setData, Buffer.concat([int(0), Buffer.alloc(20)]), async (zk, fake) => {
    const calls = [zk.delete('/a'), zk.setData('/a', Buffer.alloc(0)), zk.delete('/b')]
    expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(['done', 'outcome_unknown', 'outcome_unknown'])
    expect([await outcomeOf(zk.sync()), fake.connections]).toEqual(['done', 2])
  })
})

test('a read whose answers can never be read is asked again until its time is up, no more often than back-off allows', async () => {
  await withAnswer(opcodes.getData, Buffer.concat([int(0), int(1000), Buffer.alloc(20)]), async (zk, fake) => {
    const [read, change] = [outcomeOf(zk.getData('/a')), outcomeOf(zk.delete('/a'))]
    expect([await read, await change]).toEqual(['backend_unreachable', 'outcome_unknown'])
    expect(fake.connections).toBeLessThan(20)
  })
})

test('results of a multi that do not fit its ops are no answer', async () => {
  const results = Buffer.concat([int(5), Buffer.of(0), int(0), Buffer.alloc(68), int(2), Buffer.of(0), int(0), int(-1), Buffer.of(1), int(-1)])
  await withAnswer(opcodes.multi, Buffer.concat([int(0), results]), async (zk) => {
    expect(await outcomeOf(zk.multi([{ op: 'setData', path: '/a', data: Buffer.alloc(0) }]))).toBe('outcome_unknown')
  })
})
