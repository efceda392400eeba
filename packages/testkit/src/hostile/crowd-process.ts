// Connections that ask for nothing, or for ever: in a process of its own, with its own limit of open files.
import { answerCalls } from '../remote-calls.js'
import { RawConnection } from '../raw-http.js'
import { stayBehind } from './stay-behind.js'

const open = new Set<RawConnection>()
let isOver = false
/** Who waits to come, or to come back; so many do at once, so often. */
const waiting: (() => void)[] = []
const [atOnce, everyMs] = [5, 10]
/** Who was closed comes back after this: the server is to be filled, not this machine to be kept busy with opening sockets. */
const backAfterMs = 30_000

setInterval(() => {
  for (const come of waiting.splice(0, atOnce)) come()
}, everyMs)

function hold(port: number, from: string, send: (connection: RawConnection) => void): void {
  if (isOver) return
  const connection = new RawConnection(port, from)
  open.add(connection)
  void connection.connected.then(() => send(connection))
  void connection.closed.then(() => {
    open.delete(connection)
    setTimeout(() => waiting.push(() => hold(port, from, send)), backAfterMs)
  })
}

const slowly = (first: string, rest: string) => (connection: RawConnection) => {
  connection.socket.write(first)
  const timer = setInterval(() => connection.socket.write(rest), 1000)
  void connection.closed.then(() => clearInterval(timer))
}

/** As much as the server takes. */
const pour = (head: string, bytes: Buffer) => ({ socket }: RawConnection) => {
  socket.write(head)
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  }
  socket.on('drain', more)
  more()
}

const post = 'POST /v1/service HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const kinds: Readonly<Record<string, (connection: RawConnection) => void>> = {
  idle: () => {},
  slowHead: slowly('GET / HTTP/1.1\r\nHost: x\r\n', 'X-A: 1\r\n'),
  slowBody: slowly(`${post}Content-Length: 100000\r\n\r\n{`, ' '),
  gigabyte: pour(`${post}Content-Length: ${2 ** 30}\r\n\r\n`, Buffer.alloc(65_536, ' ')),
  endless: pour(`${post}Transfer-Encoding: chunked\r\n\r\n`, Buffer.from(`10000\r\n${' '.repeat(65_536)}\r\n`)),
  deaf: ({ socket }) => socket.pause().write('GET /v1/service HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(90)),
  halfOpen: ({ socket }) => socket.end('GET /v1/service HTT'),
}

const functions = {
  /** Opens that many, one after the other, and opens those anew that are closed. */
  hold: (port: number, from: string, kind: string, count: number): void => {
    const send = kinds[kind]
    if (!send) throw new Error(`no such kind: ${kind}`)
    for (let index = 0; index < count; index += 1) waiting.push(() => hold(port, from, send))
  },
  close: async () => {
    isOver = true
    for (const { socket } of open) socket.destroy()
    await Promise.all([...open].map(({ closed }) => closed))
  },
}

export type CrowdFunctions = typeof functions

stayBehind()
answerCalls(functions)
