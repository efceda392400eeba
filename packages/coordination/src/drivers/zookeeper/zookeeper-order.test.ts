import { expect, test } from '@jest/globals'
import { BackendUnreachable } from '@muster/common'

import { CommitOrder } from './zookeeper-order.js'

/** Commits that are sent when it is their turn and settle when they are told to. */
class Sent {
  readonly order: string[] = []
  readonly #settle = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()

  readonly send = (name: string) => (): Promise<string> => {
    this.order.push(name)
    return new Promise((resolve, reject) => this.#settle.set(name, { resolve: () => resolve(name), reject }))
  }

  settle(name: string, error?: Error): void {
    const { resolve, reject } = this.#settle.get(name) ?? { resolve: () => undefined, reject: () => undefined }
    if (error) reject(error)
    else resolve()
  }
}

const turn = (): Promise<void> => new Promise(setImmediate)

test('commits go out within their calls while nothing is before them', () => {
  const [order, sent] = [new CommitOrder(() => 0), new Sent()]
  for (const name of ['a', 'b', 'c']) void order.next(sent.send(name))
  expect(sent.order).toEqual(['a', 'b', 'c'])
})

test('behind one that goes alone the others wait, and then go in the order of their calls', async () => {
  const [order, sent] = [new CommitOrder(() => Infinity), new Sent()]
  void order.next(sent.send('before'))
  const alone = order.alone(sent.send('alone'))
  void order.next(sent.send('b'))
  void order.alone(sent.send('second'))
  void order.next(sent.send('c'))
  expect(sent.order).toEqual(['before', 'alone'])
  sent.settle('alone')
  await expect(alone).resolves.toBe('alone')
  await turn()
  expect(sent.order).toEqual(['before', 'alone', 'b', 'second'])
  sent.settle('second')
  await turn()
  expect(sent.order).toEqual(['before', 'alone', 'b', 'second', 'c'])
  expect(order.isFree).toBe(true)
})

test('one that fails alone holds nobody up; those who waited long fail with it if the backend was out of reach', async () => {
  let patienceMs = 0
  const [order, sent] = [new CommitOrder(() => patienceMs), new Sent()]
  const unreachable = new BackendUnreachable('it', 'gone')
  const outcomes = Promise.allSettled([order.alone(sent.send('a')), order.next(sent.send('b')), order.next(sent.send('c'))])
  sent.settle('a', unreachable)
  expect((await outcomes).map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error) : outcome.value))).toEqual([unreachable, unreachable, unreachable])
  patienceMs = 60_000
  const later = [order.alone(sent.send('d')), order.next(sent.send('e')), order.alone(sent.send('f')), order.next(sent.send('g'))]
  const laterOutcomes = Promise.allSettled(later)
  sent.settle('d', unreachable)
  await turn()
  sent.settle('f', new Error('refused'))
  await turn()
  sent.settle('e')
  sent.settle('g')
  expect((await laterOutcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
})

test('one whose signal aborts while it waits is never sent, and the others keep their places', async () => {
  const [order, sent, abort] = [new CommitOrder(() => Infinity), new Sent(), new AbortController()]
  void order.alone(sent.send('a'))
  const waiting = order.next(sent.send('b'), abort.signal)
  void order.next(sent.send('c'))
  abort.abort(new Error('no longer'))
  await expect(waiting).rejects.toThrow('no longer')
  await expect(order.next(sent.send('late'), abort.signal)).rejects.toThrow('no longer')
  sent.settle('a')
  await turn()
  expect(sent.order).toEqual(['a', 'c'])
})

test('whether one goes alone is asked when its turn has come, and the order is kept', async () => {
  const [order, sent] = [new CommitOrder(() => Infinity), new Sent()]
  let isReady = false
  const either = (name: string): Promise<string> => order.either(() => !isReady, sent.send(`${name} alone`), sent.send(name))
  void either('a')
  void either('b')
  void order.alone(sent.send('c'))
  void either('d')
  expect(sent.order).toEqual(['a alone'])
  isReady = true
  sent.settle('a alone')
  await turn()
  expect(sent.order).toEqual(['a alone', 'b', 'c'])
  isReady = false
  sent.settle('c')
  await turn()
  expect(sent.order).toEqual(['a alone', 'b', 'c', 'd alone'])
})
