import { expect, test } from '@jest/globals'

import { Reader, Writer } from './codec.js'
import { isZooKeeperError, ZooKeeperError } from './errors.js'
import type { Operation } from './operations.js'
import { Request } from './request.js'

const read = (reader: Reader): number => reader.int()
const operation = (changes: boolean): Operation<number> => ({ opcode: 4, text: 'getData /a', changes, write: () => {}, read })
const nothing = new Reader().over(Buffer.alloc(0))

function answerOf(value: number): Reader {
  const writer = new Writer()
  writer.int(value)
  return new Reader().over(writer.take())
}

test.each([
  [-101, 'NO_NODE', 'NO_NODE at getData /a'],
  [-127, 'THROTTLED_OP', 'THROTTLED_OP at getData /a'],
  [-999, 'UNKNOWN', 'error -999 at getData /a'],
  [1, 'UNKNOWN', 'error 1 at getData /a'],
])('the answer %d ends the call with the error %s, known or not', async (number, code, message) => {
  const request = new Request(operation(false), 0)
  request.answer(number, 5n, nothing)
  const error = await request.promise.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'ZooKeeperError', code, number, message, operation: 'getData /a' })
  expect(isZooKeeperError(error)).toBe(true)
})

test('it ends once: what comes later changes nothing and is told to nobody', async () => {
  const told: unknown[] = []
  const request = new Request({ ...operation(true), ended: (error: unknown, value?: number) => told.push(error ?? value) }, 0)
  request.answer(0, 1n, answerOf(42))
  request.answer(0, 2n, answerOf(43))
  request.fail(new Error('late'))
  expect(await request.promise).toBe(42)
  expect(told).toEqual([42])
})

test('an answer that is none leaves the call open, to be ended with its connection', async () => {
  const request = new Request(operation(true), 0)
  expect(() => request.answer(0, 1n, nothing)).toThrow('not the ZooKeeper protocol')
  expect(request.settled).toBe(false)
  request.fail(new ZooKeeperError(-4, 'getData /a'))
  await expect(request.promise).rejects.toThrow('CONNECTION_LOSS')
})

test('a signal ends a call with its reason, a change that was sent as OutcomeUnknown, and nothing once it has ended', async () => {
  const reason = new Error('enough')
  const sent = (changes: boolean): { request: Request<number>; abort: () => void } => {
    const controller = new AbortController()
    const request = new Request(operation(changes), 0, { signal: controller.signal })
    request.sentAt = 1
    return { request, abort: () => controller.abort(reason) }
  }
  const [read, change, done] = [sent(false), sent(true), sent(true)]
  done.request.answer(0, 1n, answerOf(7))
  for (const { abort } of [read, change, done]) abort()
  await expect(read.request.promise).rejects.toBe(reason)
  await expect(change.request.promise).rejects.toMatchObject({ code: 'outcome_unknown', cause: reason })
  expect(await done.request.promise).toBe(7)
  await expect(new Request(operation(true), 0, { signal: AbortSignal.abort(reason) }).promise).rejects.toBe(reason)
})
