import { ProtocolError } from './codec.js'

/** What to do with a frame that is larger than allowed, told by its first bytes. */
export type Oversize = (header: Buffer, length: number) => void

const headerBytes = 16 // xid, zxid, error: enough to tell whose reply it is

/**
 * Cuts a stream into frames of a 4-byte length and that many bytes. Keeps no more than one frame and copies each byte
 * at most once, however small the pieces are in which they come.
 */
export class FrameReader {
  #chunks: Buffer[] = []
  #buffered = 0
  #wanted = 4
  #length = -1 // of the frame whose body is being read
  #skip = 0

  /** @param onOversize is told of a frame above `maxBytes`, which is then skipped; it throws if such a frame cannot be right */
  constructor(
    public maxBytes: number,
    private readonly onOversize: Oversize,
  ) {}

  /** Yields the frames that `chunk` completes. @throws ProtocolError for a length that no server sends */
  *push(chunk: Buffer): Generator<Buffer, void> {
    const rest = this.#skipped(chunk)
    if (rest !== undefined) {
      this.#chunks.push(rest)
      this.#buffered += rest.length
    }
    while (this.#buffered >= this.#wanted) {
      if (this.#length < 0) this.#begin(this.#take(4).readInt32BE(0))
      else if (this.#length > this.maxBytes) this.#beginSkip(this.#take(this.#wanted))
      else {
        const frame = this.#take(this.#length)
        this.#length = -1
        this.#wanted = 4
        yield frame
      }
    }
  }

  #skipped(chunk: Buffer): Buffer | undefined {
    if (this.#skip === 0) return chunk
    const skipped = Math.min(this.#skip, chunk.length)
    this.#skip -= skipped
    return skipped === chunk.length ? undefined : chunk.subarray(skipped)
  }

  #begin(length: number): void {
    if (length < 0) throw new ProtocolError(`a frame of ${length} bytes`)
    this.#length = length
    this.#wanted = Math.min(length, length > this.maxBytes ? headerBytes : length)
  }

  #beginSkip(header: Buffer): void {
    this.onOversize(header, this.#length)
    const left = this.#length - header.length
    const buffered = Math.min(left, this.#buffered)
    if (buffered > 0) this.#take(buffered)
    this.#skip = left - buffered
    this.#length = -1
    this.#wanted = 4
  }

  #take(bytes: number): Buffer {
    this.#buffered -= bytes
    const [first] = this.#chunks
    if (first !== undefined && first.length >= bytes) {
      if (first.length === bytes) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(bytes)
      return first.subarray(0, bytes)
    }
    const whole = this.#chunks.length === 0 ? Buffer.alloc(0) : Buffer.concat(this.#chunks)
    this.#chunks = whole.length === bytes ? [] : [whole.subarray(bytes)]
    return whole.subarray(0, bytes)
  }
}
