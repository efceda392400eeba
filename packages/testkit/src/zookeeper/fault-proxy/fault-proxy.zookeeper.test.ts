import { expect, jest, test } from '@jest/globals'

import { connectReplyLength, connectRequest, createRequest } from '../raw-frames.js'
import { startZooKeeper } from '../server.js'
import { startFaultProxy } from './fault-proxy.js'
import { Caller } from './peers.js'

jest.setTimeout(60_000)

test('a node whose reply was dropped is there, though its creator was only cut', async () => {
  await using server = await startZooKeeper()
  await using proxy = await startFaultProxy(server.endpoint)
  const countNodes = async (): Promise<number> => Number(/^Node count: (\d+)/m.exec(await server.command('srvr'))?.[1])
  const before = await countNodes()
  const trap = proxy.dropReplyAfterApply({ request: (opcode) => opcode === 1 })
  using caller = await Caller.connect(proxy.endpoint)
  caller.say(connectRequest())
  await caller.hears(connectReplyLength)
  caller.say(createRequest(1, '/there'))
  await Promise.all([trap.happened, caller.closes()])
  expect([caller.heard.length, await countNodes()]).toEqual([connectReplyLength, before + 1])
})

test('a four-letter word is answered through the proxy, and cut short by it', async () => {
  await using server = await startZooKeeper()
  await using proxy = await startFaultProxy(server.endpoint)
  using first = await Caller.connect(proxy.endpoint)
  first.say('ruok')
  expect(await first.hears(4)).toBe('imok')
  const trap = proxy.cutAfter(2)
  using second = await Caller.connect(proxy.endpoint)
  second.say('ruok')
  await Promise.all([trap.happened, second.closes()])
  expect(second.heard.toString()).toBe('im')
})
