import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Lets a server stop without breaking answers: knows the requests under way and the sockets without one. Made before
 * the server's own request handler is added, so that it sees each request first.
 */
export class Drain {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #underWay = new Map<ServerResponse, Socket>()
  #stopping = false

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on('request', ({ socket }, response) => {
      this.#underWay.set(response, socket)
      if (this.#stopping) response.setHeader('Connection', 'close')
      response.once('close', () => {
        this.#underWay.delete(response)
        if (this.#stopping && !this.#isBusy(socket)) socket.destroySoon() // after the answer's last byte, whatever keep-alive says
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
    for (const response of this.#underWay.keys()) {
      if (!response.headersSent) response.setHeader('Connection', 'close')
    }
    for (const socket of this.#sockets) {
      if (!this.#isBusy(socket)) socket.destroy()
    }
    let cut = 0
    const timer = setTimeout(() => {
      cut = this.#underWay.size
      for (const socket of this.#sockets) socket.destroy()
    }, timeoutMs)
    await closed
    clearTimeout(timer)
    return cut
  }

  #isBusy(socket: Socket): boolean {
    return [...this.#underWay.values()].includes(socket)
  }
}
