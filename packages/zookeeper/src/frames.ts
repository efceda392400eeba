import { ProtocolError, Reader } from './codec.js'

const headerBytes = 16 // xid, zxid, error: enough to tell whose reply it is

export interface FrameListener {
  /** `frame` is good until the call returns. @throws to end the connection */
  onFrame(frame: Reader): void
  /** A frame above the limit begins with `header`; its rest is skipped. @throws if such a frame cannot be right */
  onOversize(header: Reader, length: number): void
}

/**
 * Cuts a stream into frames of a 4-byte length and that many bytes. Frames are read where they lie in the pieces that
 * come; only one that is spread over several pieces is copied, once.
 */
export class FrameReader {
  readonly #reader = new Reader()
  #chunks: Buffer[] = []
  #offset = 0 // into the first chunk
  #buffered = 0
  #length = -1 // of the frame whose body is being read
  #skip = 0

  constructor(
    public maxBytes: number,
    private readonly listener: FrameListener,
  ) {}

  /** @throws ProtocolError for a length that no server sends, and what the listener throws */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    for (;;) {
      if (this.#skip > 0) this.#skipSome()
      if (this.#length < 0) {
        if (this.#skip > 0 || this.#buffered < 4) return
        this.#length = this.#next(4).int()
        if (this.#length < 0) throw new ProtocolError(`a frame of ${this.#length} bytes`)
      }
      const isTooLarge = this.#length > this.maxBytes
      const wanted = isTooLarge ? Math.min(this.#length, headerBytes) : this.#length
      if (this.#buffered < wanted) return
      const length = this.#length
      this.#length = -1
      if (isTooLarge) {
        this.listener.onOversize(this.#next(wanted), length)
        this.#skip = length - wanted
      } else this.listener.onFrame(this.#next(wanted))
    }
  }

  #skipSome(): void {
    const bytes = Math.min(this.#skip, this.#buffered)
    this.#skip -= bytes
    this.#next(bytes)
  }

  /** The next `bytes` of the stream, which are all there. */
  #next(bytes: number): Reader {
    const [first] = this.#chunks
    if (first === undefined || first.length - this.#offset < bytes) this.#join()
    const [chunk = Buffer.alloc(0)] = this.#chunks
    const start = this.#offset
    this.#offset += bytes
    this.#buffered -= bytes
    if (this.#offset === chunk.length) {
      this.#chunks.shift()
      this.#offset = 0
    }
    return this.#reader.over(chunk, start, start + bytes)
  }

  #join(): void {
    const [first, ...rest] = this.#chunks
    if (first === undefined) return
    this.#chunks = [Buffer.concat([first.subarray(this.#offset), ...rest])]
    this.#offset = 0
  }
}
