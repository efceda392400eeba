import { InvalidArgument } from '@muster/common'

import { writeAcl } from './acl.js'
import type { Acl } from './acl.js'
import { ProtocolError } from './codec.js'
import type { Reader, Writer } from './codec.js'
import { ZooKeeperError } from './errors.js'
import type { Paths } from './paths.js'
import { readStat, readStatLater } from './stat.js'
import type { Stat } from './stat.js'
import { stock } from './stock.js'

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

export type CreateMode = 'persistent' | 'ephemeral' | 'persistent_sequential' | 'ephemeral_sequential' | 'container' | 'ttl' | 'ttl_sequential'

const flags: Readonly<Record<CreateMode, number>> = {
  persistent: stock.CreateMode.PERSISTENT,
  ephemeral: stock.CreateMode.EPHEMERAL,
  persistent_sequential: stock.CreateMode.PERSISTENT_SEQUENTIAL,
  ephemeral_sequential: stock.CreateMode.EPHEMERAL_SEQUENTIAL,
  container: 4,
  ttl: 5,
  ttl_sequential: 6,
}

export interface CreateRequest {
  readonly path: string
  readonly data: Uint8Array
  readonly acl: readonly Acl[]
  readonly mode: CreateMode
  readonly ttlMs?: number | undefined
}

const isSequential = (mode: CreateMode): boolean => mode.endsWith('sequential')
export const isEphemeralMode = (mode: CreateMode): boolean => mode.startsWith('ephemeral')

function createOpcode(mode: CreateMode, single: boolean): number {
  if (mode === 'container') return opcode.createContainer
  if (mode.startsWith('ttl')) return opcode.createTtl
  return single ? opcode.create2 : opcode.create
}

function writeCreate(writer: Writer, paths: Paths, { path, data, acl, mode, ttlMs }: CreateRequest): void {
  writer.text(isSequential(mode) ? paths.prefixToServer(path) : paths.toServer(path))
  writer.bytes(data)
  writeAcl(writer, acl)
  writer.int(flags[mode])
  if (!mode.startsWith('ttl')) return
  if (ttlMs === undefined || !Number.isInteger(ttlMs) || ttlMs < 1) throw new InvalidArgument('ttlMs', 'A node of mode ttl needs ttlMs: a whole number of milliseconds above 0')
  writer.long(BigInt(ttlMs))
}

export interface Created {
  readonly path: string
  readonly stat: Stat
  readonly zxid: bigint
}

export class Create implements Operation<Created> {
  readonly opcode: number
  readonly changes = true
  ended?: (error: unknown, value?: Created) => void

  constructor(
    private readonly paths: Paths,
    private readonly request: CreateRequest,
  ) {
    this.opcode = createOpcode(request.mode, true)
  }

  get text(): string {
    return `create ${this.request.path}`
  }

  write(writer: Writer): void {
    writeCreate(writer, this.paths, this.request)
  }

  read(reader: Reader, zxid: bigint): Created {
    return { path: this.paths.toCaller(reader.text()), stat: readStat(reader), zxid }
  }
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

export const sync = (paths: Paths, path: string): Operation<{ zxid: bigint }> =>
  ofPath(paths, opcode.sync, 'sync', path, (reader, zxid) => ({ zxid: (reader.text(), zxid) }))

export const getEphemerals = (paths: Paths): Operation<string[]> =>
  ofPath(paths, opcode.getEphemerals, 'getEphemerals', '/', (reader) => reader.texts().map((path) => paths.toCaller(path)))

export function remove(paths: Paths, path: string, version: number): Operation<{ zxid: bigint }> {
  return {
    opcode: opcode.delete,
    text: `delete ${path}`,
    changes: true,
    write: (writer) => writePathAndVersion(writer, paths, path, version),
    read: (_reader, zxid) => ({ zxid }),
  }
}

export function setData(paths: Paths, path: string, data: Uint8Array, version: number): Operation<{ stat: Stat; zxid: bigint }> {
  return {
    opcode: opcode.setData,
    text: `setData ${path}`,
    changes: true,
    write: (writer) => writeSetData(writer, paths, path, data, version),
    read: (reader, zxid) => ({ stat: readStat(reader), zxid }),
  }
}

function writePathAndVersion(writer: Writer, paths: Paths, path: string, version: number): void {
  writer.text(paths.toServer(path))
  writer.int(version)
}

function writeSetData(writer: Writer, paths: Paths, path: string, data: Uint8Array, version: number): void {
  writer.text(paths.toServer(path))
  writer.bytes(data)
  writer.int(version)
}

/** A version of -1, the default, matches any. */
export type MultiOp =
  | { readonly op: 'create'; readonly path: string; readonly data?: Uint8Array; readonly acl?: readonly Acl[]; readonly mode?: CreateMode; readonly ttlMs?: number }
  | { readonly op: 'delete'; readonly path: string; readonly version?: number }
  | { readonly op: 'setData'; readonly path: string; readonly data: Uint8Array; readonly version?: number }
  | { readonly op: 'check'; readonly path: string; readonly version?: number }

/** `path` of a create (with its sequence), `stat` of a setData. */
export interface MultiResult {
  readonly path?: string
  readonly stat?: Stat
}

const noData = new Uint8Array()

export interface MultiDone {
  readonly results: MultiResult[]
  readonly zxid: bigint
}

/** All or nothing. Own encoder: the stock one turns version 0, which every new node has, into "any version". */
export class Multi implements Operation<MultiDone> {
  readonly opcode = opcode.multi
  readonly changes = true
  ended?: (error: unknown, value?: MultiDone) => void

  constructor(
    private readonly paths: Paths,
    private readonly ops: readonly MultiOp[],
    private readonly defaultAcl: readonly Acl[],
  ) {}

  get text(): string {
    const [first] = this.ops
    return this.ops.length === 1 && first ? `${first.op} ${first.path}` : `multi of ${this.ops.length} at ${first?.path ?? ''}`
  }

  write(writer: Writer): void {
    for (const op of this.ops) writeMultiOp(writer, this.paths, op, this.defaultAcl)
    writeMultiHeader(writer, -1, true)
  }

  read(reader: Reader, zxid: bigint): MultiDone {
    return { results: readMultiResults(reader, this.paths, this.ops), zxid }
  }
}

function writeMultiHeader(writer: Writer, type: number, done: boolean): void {
  writer.int(type)
  writer.bool(done)
  writer.int(-1)
}

function writeMultiOp(writer: Writer, paths: Paths, op: MultiOp, defaultAcl: readonly Acl[]): void {
  switch (op.op) {
    case 'create': {
      const { data = noData, acl = defaultAcl, mode = 'persistent' } = op
      writeMultiHeader(writer, createOpcode(mode, false), false)
      writeCreate(writer, paths, { ...op, data, acl, mode }); return;
    }
    case 'delete':
      writeMultiHeader(writer, opcode.delete, false)
      { writePathAndVersion(writer, paths, op.path, op.version ?? -1); return; }
    case 'setData':
      writeMultiHeader(writer, opcode.setData, false)
      { writeSetData(writer, paths, op.path, op.data, op.version ?? -1); return; }
    case 'check':
      writeMultiHeader(writer, opcode.check, false)
      { writePathAndVersion(writer, paths, op.path, op.version ?? -1); return; }
  }
}

const rolledBack = -2 // RUNTIME_INCONSISTENCY: "not done because of another op"

function readMultiResults(reader: Reader, paths: Paths, ops: readonly MultiOp[]): MultiResult[] {
  const results: MultiResult[] = []
  let wrong: ZooKeeperError | undefined
  for (let index = 0; ; index += 1) {
    const type = reader.int()
    const done = reader.bool()
    reader.int()
    if (done) break
    const op = ops[index]
    if (op === undefined) throw new ProtocolError('more results than ops')
    if (type === -1) {
      const number = reader.int()
      if (number !== 0 && number !== rolledBack) wrong ??= new ZooKeeperError(number, `${op.op} ${op.path}`, index)
      results.push({})
    } else if (type === opcode.create) results.push({ path: paths.toCaller(reader.text()) })
    else if (type === opcode.create2 || type === opcode.createContainer || type === opcode.createTtl) results.push({ path: paths.toCaller(reader.text()), stat: readStat(reader) })
    else if (type === opcode.setData) results.push({ stat: readStat(reader) })
    else results.push({})
  }
  if (wrong) throw wrong
  return results
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
