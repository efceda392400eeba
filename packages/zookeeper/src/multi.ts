import type { Acl } from './acl.js'
import { createOpcode, writeCreate, writePathAndVersion, writeSetData } from './changes.js'
import type { CreateMode } from './changes.js'
import { ProtocolError } from './codec.js'
import type { Reader, Writer } from './codec.js'
import { ZooKeeperError } from './errors.js'
import { opcode, writeMultiHeader } from './operations.js'
import type { Operation } from './operations.js'
import type { Paths } from './paths.js'
import { readStat } from './stat.js'
import type { Stat } from './stat.js'

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

function writeMultiOp(writer: Writer, paths: Paths, op: MultiOp, defaultAcl: readonly Acl[]): void {
  switch (op.op) {
    case 'create': {
      const { data = noData, acl = defaultAcl, mode = 'persistent' } = op
      writeMultiHeader(writer, createOpcode(mode, false), false)
      writeCreate(writer, paths, { ...op, data, acl, mode })
      break
    }
    case 'delete':
      writeMultiHeader(writer, opcode.delete, false)
      writePathAndVersion(writer, paths, op.path, op.version ?? -1)
      break
    case 'setData':
      writeMultiHeader(writer, opcode.setData, false)
      writeSetData(writer, paths, op.path, op.data, op.version ?? -1)
      break
    case 'check':
      writeMultiHeader(writer, opcode.check, false)
      writePathAndVersion(writer, paths, op.path, op.version ?? -1)
      break
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
