import type { Frame, Piece } from './frame-reader.js'

/** A fault that happens at one point of the stream, made ready by a test. */
export interface Trap {
  /** Resolves when it has happened, the last of its times. */
  readonly happened: Promise<void>
}

/** What may pass of a piece, and whether the connection ends there. */
export interface Verdict {
  readonly pass: Buffer
  readonly cut: boolean
}

/** The side of a trap that connections see; `connection` tells them apart. */
export interface ArmedTrap extends Trap {
  onRequest(frame: Frame, connection: object): void
  onReply(piece: Piece, connection: object): Verdict
  /** The connection is over. */
  onClose(connection: object): void
}

export interface ReplyTrapOptions {
  /** Which requests it means, by their opcode. Default: all but pings. */
  readonly request?: (opcode: number) => boolean
  /** How many requests it means. Default 1. */
  readonly count?: number
}

const ping = 11

/** Something that a test waits for. */
export class Happening implements Trap {
  readonly happened: Promise<void>
  #resolve: () => void = () => undefined

  constructor() {
    this.happened = new Promise((resolve) => (this.#resolve = resolve))
  }

  happen(): void {
    this.#resolve()
  }
}

/** Cuts the connection that gets the n-th byte from now on, after that byte. */
export class ByteTrap extends Happening implements ArmedTrap {
  #left: number

  constructor(bytes: number) {
    super()
    this.#left = bytes
  }

  onRequest(): void {
    // It counts replies alone.
  }

  onClose(): void {
    // It belongs to no connection.
  }

  onReply({ bytes }: Piece): Verdict {
    if (this.#left <= 0) return { pass: bytes, cut: false } // it is over
    const pass = bytes.subarray(0, this.#left)
    this.#left -= pass.length
    if (this.#left === 0) this.happen()
    return { pass, cut: this.#left === 0 }
  }
}

/**
 * Lets the next requests of some kind through and cuts their connection at the reply, after `afterBytes` of it. Requests sent one
 * after the other without waiting are all answered before the cut, so every one of them was applied.
 */
export class ReplyTrap extends Happening implements ArmedTrap {
  readonly #afterBytes: number
  readonly #request: (opcode: number) => boolean
  readonly #unanswered = new Map<object, Set<number>>()
  readonly #closing = new WeakSet()
  #left: number

  constructor(afterBytes: number, { request = (opcode) => opcode !== ping, count = 1 }: ReplyTrapOptions) {
    super()
    this.#afterBytes = afterBytes
    this.#request = request
    this.#left = count
  }

  onRequest({ index, xid, opcode }: Frame, connection: object): void {
    if (this.#left === 0 || index === 0 || this.#closing.has(connection) || !this.#request(opcode)) return
    this.#left--
    const xids = this.#unanswered.get(connection) ?? new Set()
    this.#unanswered.set(connection, xids.add(xid))
  }

  onReply({ bytes, frame, offset }: Piece, connection: object): Verdict {
    const xids = this.#unanswered.get(connection)
    const isMeant = frame !== undefined && frame.index > 0 && xids?.has(frame.xid) === true
    if (!isMeant) return { pass: this.#closing.has(connection) ? Buffer.alloc(0) : bytes, cut: false }
    if (frame.length <= this.#afterBytes) {
      // Too short to be cut inside: the next one is meant instead.
      xids.delete(frame.xid)
      this.#left++
      return { pass: bytes, cut: false }
    }
    const pass = this.#closing.has(connection) ? Buffer.alloc(0) : bytes.subarray(0, this.#afterBytes - offset)
    if (offset + bytes.length < this.#afterBytes) return { pass, cut: false }
    this.#closing.add(connection)
    xids.delete(frame.xid)
    if (xids.size > 0) return { pass, cut: false }
    this.#unanswered.delete(connection)
    if (this.#left === 0 && this.#unanswered.size === 0) this.happen()
    return { pass, cut: true }
  }
  onClose(connection: object): void {
    // What was not answered by then may not have been applied: other requests are meant instead.
    this.#left += this.#unanswered.get(connection)?.size ?? 0
    this.#unanswered.delete(connection)
  }
}
