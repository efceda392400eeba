import * as events from './events.js'
import type { TopicChange, Topic } from './topic.js'

export interface RingLimits {
  readonly changes: number
  readonly bytes: number
}

/** One change and its bytes, made once for all clients; those who see it as another, that something has come or gone, share these too. */
interface Kept<Change> {
  readonly change: Change
  readonly bytes: Buffer
  others?: Map<string, Buffer>
}

/** What a client gets from its place in the ring on. `bytes` is empty when nothing of it is for him. */
export interface Slice {
  readonly bytes: Buffer
  /** Where it goes on. */
  readonly to: number
}

const sliceBytes = 64 * 1024
const nothing = Buffer.alloc(0)

/**
 * The last changes, numbered from 1 on. A place in it is the number of the last change that was told. The ring forgets
 * the oldest when it is full: whoever is further behind must begin anew.
 */
export class ChangeRing<Change extends TopicChange, Filter> {
  readonly #limits: RingLimits
  readonly #idOf: (place: number) => string
  readonly #topic: Pick<Topic<never, Change, Filter>, 'changeJson' | 'narrow'>
  readonly #kept = new Map<number, Kept<Change>>()
  #oldest = 1
  #head = 0
  #bytes = 0
  #last: { readonly from: number; readonly head: number; readonly slice: Slice } | undefined

  /** `idOf` names a place for clients. */
  constructor(limits: RingLimits, idOf: (place: number) => string, topic: Pick<Topic<never, Change, Filter>, 'changeJson' | 'narrow'>) {
    this.#limits = limits
    this.#idOf = idOf
    this.#topic = topic
  }

  /** The place after the newest change. */
  get head(): number {
    return this.#head
  }

  append(change: Change): void {
    this.#head += 1
    const bytes = events.change(this.#idOf(this.#head), this.#topic.changeJson(change))
    this.#kept.set(this.#head, { change, bytes })
    this.#bytes += bytes.length
    while (this.#kept.size > this.#limits.changes || this.#bytes > this.#limits.bytes) {
      this.#bytes -= this.#kept.get(this.#oldest)?.bytes.length ?? 0
      this.#kept.delete(this.#oldest)
      this.#oldest += 1
    }
  }

  /** True when nothing has been forgotten after this place. */
  reaches(place: number): boolean {
    return place >= this.#oldest - 1 && place <= this.#head
  }

  /** The changes after a place it reaches, some 64 kB at most. Those who see all and are at the same place get the same bytes. */
  read(from: number, filter: Filter | undefined): Slice {
    if (filter !== undefined) return this.#collect(from, (place, kept) => this.#select(place, kept, filter))
    if (this.#last?.from !== from || this.#last.head !== this.#head) {
      this.#last = { from, head: this.#head, slice: this.#collect(from, (_, { bytes }) => bytes) }
    }
    return this.#last.slice
  }

  #collect(from: number, select: (place: number, kept: Kept<Change>) => Buffer | undefined): Slice {
    const parts: Buffer[] = []
    let size = 0
    let to = from
    while (to < this.#head && size < sliceBytes) {
      to += 1
      const kept = this.#kept.get(to)
      const bytes = kept && select(to, kept)
      if (!bytes) continue
      parts.push(bytes)
      size += bytes.length
    }
    const [first = nothing] = parts
    return { bytes: parts.length > 1 ? Buffer.concat(parts, size) : first, to }
  }

  #select(place: number, kept: Kept<Change>, filter: Filter): Buffer | undefined {
    const seen = this.#topic.narrow(filter, kept.change)
    if (!seen || seen === kept.change) return seen && kept.bytes
    kept.others ??= new Map()
    let bytes = kept.others.get(seen.type)
    if (!bytes) {
      bytes = events.change(this.#idOf(place), this.#topic.changeJson(seen))
      kept.others.set(seen.type, bytes)
    }
    return bytes
  }
}
