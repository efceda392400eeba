import { inspect } from 'node:util'

import { Reader } from './codec.js'

/** What the server knows of a node. zxids number all changes of an ensemble in their order. @see ZooKeeper programmer's guide, "ZooKeeper Stat Structure" */
export interface Stat {
  /** The change that created the node; another one means another node of the same name. */
  readonly czxid: bigint
  /** The last change of its data. */
  readonly mzxid: bigint
  /** Milliseconds since 1970 by the server's clock. */
  readonly ctime: number
  readonly mtime: number
  /** Changes of the data since its creation, beginning with 0. */
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  /** The session whose end removes the node; 0n for a persistent one. */
  readonly ephemeralOwner: bigint
  readonly dataLength: number
  readonly numChildren: number
  /** The last change of its children. */
  readonly pzxid: bigint
}

export function readStat(reader: Reader): Stat {
  return {
    czxid: reader.long(),
    mzxid: reader.long(),
    ctime: reader.safeLong(),
    mtime: reader.safeLong(),
    version: reader.int(),
    cversion: reader.int(),
    aversion: reader.int(),
    ephemeralOwner: reader.long(),
    dataLength: reader.int(),
    numChildren: reader.int(),
    pzxid: reader.long(),
  }
}

const statBytes = 68

/** As `readStat`, but each value is read when it is asked for: of ten thousand nodes most values never are. */
export const readStatLater = (reader: Reader): Stat => new LaterStat(reader.source, reader.skip(statBytes))

class LaterStat implements Stat {
  constructor(
    private readonly source: Buffer,
    private readonly at: number,
  ) {}

  get czxid(): bigint {
    return this.source.readBigInt64BE(this.at)
  }

  get mzxid(): bigint {
    return this.source.readBigInt64BE(this.at + 8)
  }

  get ctime(): number {
    return this.#safeLong(16)
  }

  get mtime(): number {
    return this.#safeLong(24)
  }

  get version(): number {
    return this.source.readInt32BE(this.at + 32)
  }

  get cversion(): number {
    return this.source.readInt32BE(this.at + 36)
  }

  get aversion(): number {
    return this.source.readInt32BE(this.at + 40)
  }

  get ephemeralOwner(): bigint {
    return this.source.readBigInt64BE(this.at + 44)
  }

  get dataLength(): number {
    return this.source.readInt32BE(this.at + 52)
  }

  get numChildren(): number {
    return this.source.readInt32BE(this.at + 56)
  }

  get pzxid(): bigint {
    return this.source.readBigInt64BE(this.at + 60)
  }

  #safeLong(offset: number): number {
    return this.source.readInt32BE(this.at + offset) * 0x1_0000_0000 + this.source.readUInt32BE(this.at + offset + 4)
  }

  [inspect.custom](): Stat {
    return readStat(new Reader().over(this.source, this.at, this.at + statBytes))
  }
}
