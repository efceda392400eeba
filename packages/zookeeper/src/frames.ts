import { ProtocolError, Reader } from './codec.js'

const headerBytes = 16 // xid, zxid, error: enough to tell whose reply it is

export interface FrameListener {
  /** `frame` is good until the call returns; see `Reader.keep` for what is to last longer. @throws to end the connection */
  onFrame(frame: Reader): void
  /** A frame above the limit begins with `header`; its rest is skipped. @throws if such a frame cannot be right */
  onOversize(header: Reader, length: number): void
}

/**
 * Cuts a stream into frames of a 4-byte length and that many bytes. The pieces that it comes in may be overwritten after
 * `push`: a frame is read where it lies in its piece, and only one that is spread over several is copied, once.
 */
export class FrameReader {
  readonly #reader = new Reader()
  #piece: Buffer = Buffer.alloc(0)
  #offset = 0
  #end = 0
  /** The beginning of what the pieces so far held only a part of. */
  #partial: Buffer | undefined
  #filled = 0
  #length = -1 // of the frame whose body is being read
  #skip = 0

  constructor(
    public maxBytes: number,
    private readonly listener: FrameListener,
  ) {}

  /** Takes the first `bytes` of `piece`. @throws ProtocolError for a length that no server sends, and what the listener throws */
  push(piece: Buffer, bytes = piece.length): void {
    this.#piece = piece
    this.#offset = 0
    this.#end = bytes
    while (this.#skipped()) {
      if (this.#length < 0) {
        const length = this.#next(4)?.int()
        if (length === undefined) return
        if (length < 0) throw new ProtocolError(`a frame of ${length} bytes`)
        this.#length = length
      }
      const isTooLarge = this.#length > this.maxBytes
      const frame = this.#next(isTooLarge ? Math.min(this.#length, headerBytes) : this.#length)
      if (!frame) return
      const length = this.#length
      this.#length = -1
      if (isTooLarge) {
        this.#skip = length - frame.left
        this.listener.onOversize(frame, length)
      } else this.listener.onFrame(frame)
    }
  }

  /** True when nothing is left to be skipped. */
  #skipped(): boolean {
    const bytes = Math.min(this.#skip, this.#end - this.#offset)
    this.#skip -= bytes
    this.#offset += bytes
    return this.#skip === 0
  }

  /** The next `bytes` of the stream; undefined when they have not all come. */
  #next(bytes: number): Reader | undefined {
    const start = this.#offset
    const there = this.#end - start
    if (!this.#partial && there >= bytes) {
      this.#offset += bytes
      return this.#reader.over(this.#piece, start, start + bytes)
    }
    const partial = (this.#partial ??= Buffer.allocUnsafeSlow(bytes))
    const copied = this.#piece.copy(partial, this.#filled, start, start + Math.min(there, bytes - this.#filled))
    this.#offset += copied
    this.#filled += copied
    if (this.#filled < bytes) return undefined
    this.#partial = undefined
    this.#filled = 0
    return this.#reader.own(partial)
  }
}
