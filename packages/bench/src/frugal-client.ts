import { connect } from 'node:net'
import type { Socket } from 'node:net'

const bufferBytes = 64 * 1024

interface Asked {
  readonly path: string
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  /** Bytes of the body that are yet to come; undefined before the head. */
  left: number | undefined
}

/**
 * Asks a server for one thing after the other, and reads all answers into one buffer: what another client leaves for its own garbage collector
 * would be measured as time of the server.
 */
export class FrugalClient implements Disposable {
  readonly #socket: Socket
  readonly #host: string
  #asked: Asked | undefined

  constructor(url: string) {
    const { hostname, port, host } = new URL(url)
    this.#host = host
    const onread = { buffer: Buffer.alloc(bufferBytes), callback: (bytes: number, buffer: Uint8Array) => this.#read(buffer.subarray(0, bytes)) }
    this.#socket = connect({ host: hostname, port: Number(port), onread })
    this.#socket.on('error', (error) => this.#asked?.reject(error)).on('close', () => this.#asked?.reject(new Error('The server has closed the connection')))
  }

  /** Resolves when the whole answer is there. Rejects when it is not 200, or of no length. */
  get(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asked = { path, resolve, reject, left: undefined }
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`)
    })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #read(bytes: Uint8Array): boolean {
    const asked = this.#asked
    if (!asked) return true
    if (asked.left === undefined) {
      const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      const [end, text] = [head.indexOf('\r\n\r\n'), head.toString('latin1', 0, 4096)]
      const [, length] = /^HTTP\/1\.1 200 [^]*?\r\nContent-Length: (\d+)\r\n/i.exec(text) ?? []
      if (end < 0 || length === undefined) asked.reject(new Error(`GET ${asked.path} answered ${text.slice(0, text.indexOf('\r\n'))}`))
      else asked.left = Number(length) - (bytes.length - end - 4)
    } else asked.left -= bytes.length
    if (asked.left !== undefined && asked.left <= 0) asked.resolve()
    return true
  }
}
