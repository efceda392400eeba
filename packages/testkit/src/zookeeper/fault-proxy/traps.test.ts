import type { Socket } from 'node:net'

import { expect, test } from '@jest/globals'

import { startFaultProxy } from './fault-proxy.js'
import { Caller, Peer } from './peers.js'

const [ping, create, getData] = [11, 1, 4]
const replyLength = 24

/** A frame: its length, an xid, an opcode (in a reply: anything) and some bytes. */
function frame(xid: number, opcode: number, bytes = 12): Buffer {
  const message = Buffer.alloc(4 + 8 + bytes, xid)
  message.writeInt32BE(8 + bytes, 0)
  message.writeInt32BE(xid, 4)
  message.writeInt32BE(opcode, 8)
  return message
}

interface FramedPeer extends AsyncDisposable {
  readonly endpoint: string
  /** The xids it has seen. */
  readonly applied: readonly number[]
}

/** A server that answers each frame, the handshake too, with a frame of the same xid. */
async function startFramed(reply: (xid: number) => Buffer = (xid) => frame(xid, 0)): Promise<FramedPeer> {
  const applied: number[] = []
  const kept = new Map<Socket, Buffer>()
  const peer = await Peer.start((socket, chunk) => {
    let bytes = Buffer.concat([kept.get(socket) ?? Buffer.alloc(0), chunk])
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
      const xid = bytes.readInt32BE(4)
      applied.push(xid)
      socket.write(reply(xid))
      bytes = bytes.subarray(4 + bytes.readInt32BE(0))
    }
    kept.set(socket, bytes)
  })
  return { endpoint: peer.endpoint, applied, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() }
}

test('the connection is cut after exactly the n-th byte to a client', async () => {
  await using peer = await Peer.start()
  await using proxy = await startFaultProxy(peer.endpoint)
  using caller = await Caller.connect(proxy.endpoint)
  caller.say('0123456789')
  await caller.hears(10)
  const trap = proxy.cutAfter(7)
  caller.say('abcde')
  await caller.hears(15)
  caller.say('fghij')
  await Promise.all([trap.happened, caller.closes()])
  expect(caller.heard.toString()).toBe('0123456789abcdefg')
})

test('a dropped reply: the server has applied the request, the client has all replies before it and not a byte of it', async () => {
  await using peer = await startFramed()
  await using proxy = await startFaultProxy(peer.endpoint)
  const trap = proxy.dropReplyAfterApply({ request: (opcode) => opcode === create })
  using caller = await Caller.connect(proxy.endpoint)
  caller.say(Buffer.concat([frame(0, 0), frame(-2, ping), frame(1, getData), frame(2, create), frame(3, getData)]))
  await Promise.all([trap.happened, caller.closes()])
  expect(peer.applied).toEqual([0, -2, 1, 2, 3])
  expect(caller.heard).toEqual(Buffer.concat([frame(0, 0), frame(-2, 0), frame(1, 0)]))
})

test('the handshake and pings are no requests, unless they are asked for', async () => {
  await using peer = await startFramed()
  await using proxy = await startFaultProxy(peer.endpoint)
  const trap = proxy.dropReplyAfterApply()
  using caller = await Caller.connect(proxy.endpoint)
  caller.say(Buffer.concat([frame(0, 0), frame(-2, ping)]))
  await caller.hears(2 * replyLength)
  caller.say(frame(1, getData))
  await Promise.all([trap.happened, caller.closes()])
  expect(caller.heard.length).toBe(2 * replyLength)
})

test('two dropped replies, one on each of two connections, and then all is well', async () => {
  await using peer = await startFramed()
  await using proxy = await startFaultProxy(peer.endpoint)
  const trap = proxy.dropReplyAfterApply({ count: 2 })
  for (let round = 0; round < 2; round++) {
    using caller = await Caller.connect(proxy.endpoint)
    caller.say(Buffer.concat([frame(0, 0), frame(1, create)]))
    await caller.closes()
    expect(caller.heard.length).toBe(replyLength)
  }
  await trap.happened
  using caller = await Caller.connect(proxy.endpoint)
  caller.say(Buffer.concat([frame(0, 0), frame(1, create)]))
  await caller.hears(2 * replyLength)
  expect(peer.applied).toEqual([0, 1, 0, 1, 0, 1])
})

test('replies to requests sent in one go are dropped together, after the last of them', async () => {
  await using peer = await startFramed()
  await using proxy = await startFaultProxy(peer.endpoint)
  const trap = proxy.dropReplyAfterApply({ count: 3 })
  using caller = await Caller.connect(proxy.endpoint)
  caller.say(Buffer.concat([frame(0, 0), frame(1, create), frame(2, create), frame(3, create)]))
  await Promise.all([trap.happened, caller.closes()])
  expect([peer.applied, caller.heard.length]).toEqual([[0, 1, 2, 3], replyLength])
})

test('a reply is cut inside, wherever the network splits it; a shorter one passes and a later one is meant', async () => {
  const long = 100_000
  await using peer = await startFramed((xid) => frame(xid, 0, xid === 2 ? long : 12))
  await using proxy = await startFaultProxy(peer.endpoint)
  const trap = proxy.cutReply(50_000)
  using caller = await Caller.connect(proxy.endpoint)
  for (const byte of frame(0, 0)) caller.say(Buffer.of(byte))
  for (const byte of frame(1, getData)) caller.say(Buffer.of(byte))
  await caller.hears(2 * replyLength)
  caller.say(frame(2, getData))
  await Promise.all([trap.happened, caller.closes()])
  expect(caller.heard).toEqual(Buffer.concat([frame(0, 0), frame(1, 0), frame(2, 0, long).subarray(0, 50_000)]))
})

test('a request whose client goes before the reply is not counted', async () => {
  await using peer = await startFramed((xid) => (xid === 1 ? Buffer.alloc(0) : frame(xid, 0)))
  await using proxy = await startFaultProxy(peer.endpoint)
  const trap = proxy.dropReplyAfterApply()
  using gone = await Caller.connect(proxy.endpoint)
  gone.say(Buffer.concat([frame(0, 0), frame(1, create)]))
  await gone.hears(replyLength)
  proxy.cut()
  await gone.closes()
  using caller = await Caller.connect(proxy.endpoint)
  caller.say(Buffer.concat([frame(0, 0), frame(2, create)]))
  await Promise.all([trap.happened, caller.closes()])
  expect(caller.heard.length).toBe(replyLength)
})
