import type { Socket } from 'node:net'

/** One direction of the network, for all connections: what it does with bytes, and how many it has delivered. */
export interface Road {
  flow: 'pass' | 'hold' | 'drop'
  delayMs: number
  bytes: number
}

interface Item {
  readonly due: number
  /** What to deliver: bytes, the end of the stream, or its breaking off. */
  readonly what: Buffer | 'end' | 'break'
}

const mostWaiting = 1024 * 1024

/** One direction of one connection: carries what `from` says to `to`, as the road does at that moment. */
export class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #road: Road
  readonly #deliver: (bytes: Buffer | 'end') => void
  #waiting: Item[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #lost = false

  /** `deliver` writes to `to`, or does otherwise. */
  constructor(from: Socket, to: Socket, road: Road, deliver: (bytes: Buffer | 'end') => void) {
    this.#from = from
    this.#to = to
    this.#road = road
    this.#deliver = deliver
    from.on('data', (chunk: Buffer) => this.#take(chunk))
    from.on('end', () => this.#take('end'))
    from.on('error', () => this.#take('break'))
    to.on('drain', () => this.update())
    to.on('close', () => this.stop())
    this.update()
  }

  /** True when something was dropped: what comes after it must never be delivered. */
  get hasLost(): boolean {
    return this.#lost
  }

  /** To be called when the road has changed. */
  update(): void {
    clearTimeout(this.#timer)
    while (this.#road.flow === 'pass' && !this.#to.writableNeedDrain) {
      const item = this.#waiting[0]
      if (item === undefined) break
      const early = item.due - performance.now()
      if (early > 0) {
        this.#timer = setTimeout(() => this.update(), early)
        break
      }
      this.#waiting.shift()
      this.#hand(item.what)
    }
    if (this.#road.flow === 'drop' || (this.#road.flow === 'pass' && !this.#to.writableNeedDrain && this.#waitingBytes < mostWaiting)) this.#from.resume()
    else this.#from.pause()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#waiting = []
  }

  #take(what: Item['what']): void {
    if (this.#road.flow === 'drop') {
      this.#lost = true
      return
    }
    if (Buffer.isBuffer(what)) this.#waitingBytes += what.length
    this.#waiting.push({ what, due: performance.now() + this.#road.delayMs })
    this.update()
  }

  #hand(what: Item['what']): void {
    if (Buffer.isBuffer(what)) this.#waitingBytes -= what.length
    if (what === 'break') this.#to.destroy()
    else if (!this.#to.destroyed && !this.#to.writableEnded) this.#deliver(what)
  }
}
