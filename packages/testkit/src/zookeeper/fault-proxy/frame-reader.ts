/** A frame of ZooKeeper's protocol: 4 bytes of length, then the message. Bytes are counted with the length. */
export interface Frame {
  /** 0 is the handshake, which has neither xid nor opcode. */
  readonly index: number
  readonly length: number
  readonly xid: number
  /** Of a request; in a reply it means nothing. */
  readonly opcode: number
}

/** Some bytes that belong to one frame, or to none where the stream is not ZooKeeper's. */
export interface Piece {
  readonly bytes: Buffer
  readonly frame?: Frame
  /** Where in its frame it begins. */
  readonly offset: number
}

const headLength = 12
const longestFrame = 128 * 1024 * 1024

/** Cuts one direction of a connection into pieces of frames. It keeps back the head of a frame until it is complete. */
export class FrameReader {
  #kept: Buffer = Buffer.alloc(0)
  #frame: Frame | undefined
  #offset = 0
  #count = 0
  #isOther = false

  read(chunk: Buffer): Piece[] {
    const pieces: Piece[] = []
    this.#kept = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk])
    while (this.#kept.length > 0) {
      this.#frame ??= this.#begin()
      if (this.#frame === undefined) return this.#isOther ? [...pieces, ...this.rest()] : pieces
      const bytes = this.#kept.subarray(0, this.#frame.length - this.#offset)
      pieces.push({ bytes, frame: this.#frame, offset: this.#offset })
      this.#kept = this.#kept.subarray(bytes.length)
      this.#offset += bytes.length
      if (this.#offset === this.#frame.length) this.#frame = undefined
    }
    return pieces
  }

  /** What was kept back, when the stream ends. */
  rest(): Piece[] {
    const bytes = this.#kept
    this.#kept = Buffer.alloc(0)
    return bytes.length > 0 ? [{ bytes, offset: 0 }] : []
  }

  #begin(): Frame | undefined {
    if (this.#isOther || this.#kept.length < 4) return undefined
    const length = 4 + this.#kept.readInt32BE(0)
    this.#isOther = length < headLength || length > longestFrame
    if (this.#isOther || this.#kept.length < headLength) return undefined
    this.#offset = 0
    return { index: this.#count++, length, xid: this.#kept.readInt32BE(4), opcode: this.#kept.readInt32BE(8) }
  }
}
