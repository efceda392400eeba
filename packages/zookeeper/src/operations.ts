import { readAcl } from './acl.js'
import type { Acl } from './acl.js'
import type { Reader, Writer } from './codec.js'
import { ZooKeeperError } from './errors.js'
import type { Paths } from './paths.js'
import { readStat, readStatLater } from './stat.js'
import type { Stat } from './stat.js'

/** Numbers of requests; those above node-zookeeper-client's table came with ZooKeeper 3.5 and 3.6. */
export const opcode = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  sync: 9,
  ping: 11,
  getChildren: 8,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  removeWatches: 18,
  createContainer: 19,
  createTtl: 21,
  multiRead: 22,
  auth: 100,
  getEphemerals: 103,
  setWatches2: 105,
  addWatch: 106,
  closeSession: -11,
} as const

/** How one request is written and its reply read. */
export interface Operation<T> {
  readonly opcode: number
  /** For messages: the request in words. */
  readonly text: string
  /** True when repeating it could change something twice. */
  readonly changes: boolean
  write(writer: Writer): void
  read(reader: Reader, zxid: bigint): T
  /** Called once, with how it ended: for an answer in the very order of answers and events on the wire, before the caller can run. */
  ended?(error: unknown, value?: T): void
}

/** A request of a path alone, or of a path and whether to watch it. */
function ofPath<T>(paths: Paths, code: number, text: string, path: string, read: Operation<T>['read'], watch?: boolean): Operation<T> {
  return {
    opcode: code,
    text: `${text} ${path}`,
    changes: false,
    write: (writer) => {
      writer.text(paths.toServer(path))
      if (watch !== undefined) writer.bool(watch)
    },
    read,
  }
}

export const exists = (paths: Paths, path: string, watch: boolean): Operation<{ stat: Stat; zxid: bigint }> =>
  ofPath(paths, opcode.exists, 'exists', path, (reader, zxid) => ({ stat: readStat(reader), zxid }), watch)

export const getData = (paths: Paths, path: string, watch: boolean): Operation<NodeData> =>
  ofPath(paths, opcode.getData, 'getData', path, (reader, zxid) => ({ data: Buffer.from(reader.bytes()), stat: readStat(reader), zxid }), watch)

export const getChildren = (paths: Paths, path: string, watch: boolean): Operation<{ children: string[]; stat: Stat; zxid: bigint }> =>
  ofPath(paths, opcode.getChildren2, 'getChildren', path, (reader, zxid) => ({ children: reader.texts(), stat: readStat(reader), zxid }), watch)

export const getAcl = (paths: Paths, path: string): Operation<Acl[]> => ofPath(paths, opcode.getAcl, 'getAcl', path, readAcl)

export const sync = (paths: Paths, path: string): Operation<{ zxid: bigint }> =>
  ofPath(paths, opcode.sync, 'sync', path, (reader, zxid) => ({ zxid: (reader.text(), zxid) }))

export const getEphemerals = (paths: Paths): Operation<string[]> =>
  ofPath(paths, opcode.getEphemerals, 'getEphemerals', '/', (reader) => reader.texts().map((path) => paths.toCaller(path)))

/** Before each op of a request of several, and once more after the last. */
export function writeMultiHeader(writer: Writer, type: number, done: boolean): void {
  writer.int(type)
  writer.bool(done)
  writer.int(-1)
}

export interface NodeData {
  /** A view into a larger buffer; copy what is kept for long. */
  readonly data: Buffer
  readonly stat: Stat
  /** The last change that the answering server had seen. */
  readonly zxid: bigint
}

/** Reads many nodes at one moment; a node that is not there, or may not be read, is its error. */
export function multiRead(paths: Paths, nodes: readonly string[]): Operation<(NodeData | ZooKeeperError)[]> {
  return {
    opcode: opcode.multiRead,
    text: `getData of ${nodes.length} nodes from ${nodes[0] ?? ''}`,
    changes: false,
    write: (writer) => {
      for (const path of nodes) {
        writeMultiHeader(writer, opcode.getData, false)
        writer.text(paths.toServer(path))
        writer.bool(false)
      }
      writeMultiHeader(writer, -1, true)
    },
    read: (reader, zxid) => {
      reader.keep()
      return nodes.map((path) => {
        const type = reader.int()
        reader.bool()
        reader.int()
        return type === -1 ? new ZooKeeperError(reader.int(), `getData ${path}`) : { data: reader.bytes(), stat: readStatLater(reader), zxid }
      })
    },
  }
}
