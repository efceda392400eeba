import { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

import { beforeEach, describe, expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'

import { Connections } from './connections.js'
import { limits } from './limits.js'

const from = (remotePort: number, { remoteAddress = '127.0.0.9', bytesRead = 0 } = {}): Socket =>
  Object.defineProperties(new Socket(), { remoteAddress: { value: remoteAddress }, remotePort: { value: remotePort }, bytesRead: { value: bytesRead } })

test('a connection whose port another has by the time its end is told is forgotten, and keeps no place', () => {
  const connections = new Connections(10, silentLogger)
  const server = new Server()
  connections.guard(server)
  for (let round = 0; round < 100; round += 1) {
    const [first, second] = [from(50_000), from(50_000)]
    server.emit('connection', first)
    server.emit('connection', second) // the system has given the port away, and 'close' of the first is yet to come
    first.emit('close')
    expect(connections.count).toEqual({ busy: 0, idle: 1 })
    second.emit('close')
    expect(connections.count).toEqual({ busy: 0, idle: 0 })
  }
  expect(connections.closed).toEqual({ room: 0, silent: 0, server_full: 0, address_full: 0 })
})

describe('more connections of one address than may be silent', () => {
  let now: number
  let server: Server
  let connections: Connections
  let port: number

  beforeEach(() => {
    ;[now, port] = [0, 50_000]
    server = new Server()
    connections = new Connections(5000, silentLogger, () => now)
    connections.guard(server)
  })

  function come(count: number, what?: Parameters<typeof from>[1]): Socket[] {
    const sockets = Array.from({ length: count }, () => from((port += 1), what))
    for (const socket of sockets) server.emit('connection', socket)
    return sockets
  }

  const open = (sockets: readonly Socket[]): number => sockets.filter(({ destroyed }) => !destroyed).length

  test('are all there while they have just come: those of a whole fleet may come at once', () => {
    const fleet = come(limits.silentOfAddress * 3)
    now = limits.silentMs - 1
    come(1)
    expect(open(fleet)).toBe(limits.silentOfAddress * 3)
    expect(connections.closed.silent).toBe(0)
  })

  test('lose those that have been silent for longest when another comes', () => {
    const [first, second] = [come(limits.silentOfAddress - 1), come(2)]
    now = limits.silentMs
    come(1)
    expect([open(first), open(second)]).toEqual([limits.silentOfAddress - 3, 2])
    expect(connections.count.idle).toBe(limits.silentOfAddress)
    come(1)
    expect([open(first), connections.closed.silent]).toEqual([limits.silentOfAddress - 4, 3])
  })

  test('keep those that have asked, or have begun to', () => {
    const [asked, asking, silent] = [come(1), come(1, { bytesRead: 1 }), come(limits.silentOfAddress)]
    for (const socket of asked) {
      const request = new IncomingMessage(socket)
      const response = new ServerResponse(request)
      server.emit('request', request, response)
      response.emit('close')
    }
    now = limits.silentMs
    come(1)
    expect([open(asked), open(asking), open(silent)]).toEqual([1, 1, limits.silentOfAddress - 1])
  })

  test('cost other addresses nothing', () => {
    const others = come(10, { remoteAddress: '127.0.0.8' })
    come(limits.silentOfAddress)
    now = limits.silentMs
    come(limits.silentOfAddress)
    expect([open(others), connections.closed.silent]).toEqual([10, limits.silentOfAddress])
  })
})
