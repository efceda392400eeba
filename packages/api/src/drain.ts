import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Lets a server stop without breaking answers: knows the requests under way and the sockets without one. Made before
 * the server's own request handler is added, so that it sees each request first.
 */
export class Drain {
  readonly #server: Server
  /** With the answers under way on each. */
  readonly #sockets = new Map<Socket, Set<ServerResponse>>()
  /** Connections that have yet to shake hands for TLS, by their other end: the socket of requests is another one. */
  readonly #handshakes = new Map<string, Socket>()
  #stopping = false

  constructor(server: Server) {
    this.#server = server
    const isTls = 'setSecureContext' in server
    if (isTls) {
      server.on('connection', (socket: Socket) => {
        const end = endOf(socket)
        this.#handshakes.set(end, socket)
        socket.once('close', () => this.#handshakes.delete(end))
      })
    }
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#handshakes.delete(endOf(socket))
      this.#sockets.set(socket, new Set())
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on('request', ({ socket }, response) => {
      const underWay = this.#sockets.get(socket)
      underWay?.add(response)
      if (this.#stopping) response.setHeader('Connection', 'close')
      response.once('close', () => {
        underWay?.delete(response)
        if (this.#stopping && underWay?.size === 0) socket.destroySoon() // after the answer's last byte, whatever keep-alive says
      })
    })
  }

  /**
   * Refuses new connections and closes those without a request at once. Resolves when all are closed, to the number
   * of requests that were cut because they took longer than `timeoutMs`.
   */
  async stop(timeoutMs: number): Promise<number> {
    this.#stopping = true
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#handshakes.values()) socket.destroy()
    for (const [socket, underWay] of this.#sockets) {
      if (underWay.size === 0) socket.destroy()
      for (const response of underWay) if (!response.headersSent) response.setHeader('Connection', 'close')
    }
    let cut = 0
    const timer = setTimeout(() => {
      for (const [socket, underWay] of this.#sockets) {
        cut += underWay.size
        socket.destroy()
      }
    }, timeoutMs)
    await closed
    clearTimeout(timer)
    return cut
  }
}

const endOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`
