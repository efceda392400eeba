import type { Reader } from './codec.js'

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
