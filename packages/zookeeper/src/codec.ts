/** The server, or something in its place, sent what no ZooKeeper server sends. The connection is of no more use. */
export class ProtocolError extends Error {
  constructor(what: string) {
    super(`not the ZooKeeper protocol: ${what}`)
    this.name = 'ProtocolError'
  }
}

const mostKept = 4 * 1024 * 1024 // a request that was too large leaves room that nobody needs again

/** Writes jute, ZooKeeper's binary form, into one growing buffer. */
export class Writer {
  #buffer: Buffer
  #length = 0

  constructor(size = 1024) {
    this.#buffer = Buffer.allocUnsafe(size)
  }

  get length(): number {
    return this.#length
  }

  /** What was written since the last call. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length)
    const rest = this.#buffer.subarray(this.#length)
    this.#buffer = rest.length > mostKept ? Buffer.alloc(0) : rest
    this.#length = 0
    return taken
  }

  /** Takes back what was written after `length`. */
  truncate(length: number): void {
    this.#length = length
  }

  bool(value: boolean): void {
    this.#room(1)
    this.#buffer[this.#length] = value ? 1 : 0
    this.#length += 1
  }

  int(value: number): void {
    this.#room(4)
    this.#length = this.#buffer.writeInt32BE(value, this.#length)
  }

  /** Overwrites an int that was written since the last `take`. */
  intAt(value: number, offset: number): void {
    this.#buffer.writeInt32BE(value, offset)
  }

  long(value: bigint): void {
    this.#room(8)
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length)
  }

  bytes(value: Uint8Array): void {
    this.int(value.byteLength)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    this.#room(value.byteLength)
    this.#buffer.set(value, this.#length)
    this.#length += value.byteLength
  }

  text(value: string): void {
    const most = value.length * 3
    this.#room(4 + most)
    const written = this.#buffer.write(value, this.#length + 4, most, 'utf8')
    this.#buffer.writeInt32BE(written, this.#length)
    this.#length += 4 + written
  }

  texts(values: readonly string[]): void {
    this.int(values.length)
    for (const value of values) this.text(value)
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(64 * 1024, 2 * (this.#length + bytes)))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

/** Reads jute from one frame; nothing beyond its end. @throws ProtocolError when the frame is shorter than it says. */
export class Reader {
  #buffer: Buffer = Buffer.alloc(0)
  #offset = 0
  #end = 0
  #isOwn = false

  /** Begins anew with these bytes of `buffer`, which may be overwritten when they have been read. */
  over(buffer: Buffer, start = 0, end = buffer.length): this {
    this.#buffer = buffer
    this.#offset = start
    this.#end = end
    this.#isOwn = false
    return this
  }

  /** Begins anew with a buffer that nobody will write to any more. */
  own(buffer: Buffer): this {
    this.over(buffer)
    this.#isOwn = true
    return this
  }

  /** Sees to it that what is read from here on, as views or as `source`, stays as it is for ever. */
  keep(): this {
    return this.#isOwn ? this : this.own(this.rest())
  }

  get left(): number {
    return this.#end - this.#offset
  }

  /** The buffer that the frame lies in. */
  get source(): Buffer {
    return this.#buffer
  }

  /** Passes over some bytes; returns where in `source` they begin. */
  skip(bytes: number): number {
    return this.#take(bytes)
  }

  /** A copy of what is left. */
  rest(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#take(this.left), this.#end))
  }

  bool(): boolean {
    return this.#buffer[this.#take(1)] === 1
  }

  int(): number {
    return this.#buffer.readInt32BE(this.#take(4))
  }

  long(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8))
  }

  /** A long that is surely below 2^53, such as a time in milliseconds. */
  safeLong(): number {
    const at = this.#take(8)
    return this.#buffer.readInt32BE(at) * 0x1_0000_0000 + this.#buffer.readUInt32BE(at + 4)
  }

  /** A view into the frame, not a copy, which lasts only after `keep`; absent bytes are none. */
  bytes(): Buffer {
    const length = Math.max(0, this.int())
    const at = this.#take(length)
    return this.#buffer.subarray(at, at + length)
  }

  text(): string {
    const length = Math.max(0, this.int())
    const at = this.#take(length)
    return this.#buffer.toString('utf8', at, at + length)
  }

  texts(): string[] {
    const count = this.int()
    if (count > this.left / 4) throw new ProtocolError(`a list of ${count} in ${this.left} bytes`)
    const values: string[] = []
    for (let index = 0; index < count; index += 1) values.push(this.text())
    return values
  }

  #take(bytes: number): number {
    const at = this.#offset
    if (bytes > this.left) throw new ProtocolError('a frame ends in the middle of a value')
    this.#offset += bytes
    return at
  }
}
