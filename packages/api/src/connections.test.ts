import { Server } from 'node:http'
import { Socket } from 'node:net'

import { expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'

import { Connections } from './connections.js'

const from = (remotePort: number): Socket => Object.defineProperties(new Socket(), { remoteAddress: { value: '127.0.0.9' }, remotePort: { value: remotePort } })

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
  expect(connections.closed).toEqual({ room: 0, server_full: 0, address_full: 0 })
})
