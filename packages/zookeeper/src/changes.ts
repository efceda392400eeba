import { InvalidArgument } from '@muster/common'

import { writeAcl } from './acl.js'
import type { Acl } from './acl.js'
import type { Reader, Writer } from './codec.js'
import { opcode } from './operations.js'
import type { Operation } from './operations.js'
import type { Paths } from './paths.js'
import { readStat } from './stat.js'
import type { Stat } from './stat.js'
import { stock } from './stock.js'

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

export function createOpcode(mode: CreateMode, single: boolean): number {
  if (mode === 'container') return opcode.createContainer
  if (mode.startsWith('ttl')) return opcode.createTtl
  return single ? opcode.create2 : opcode.create
}

export function writeCreate(writer: Writer, paths: Paths, { path, data, acl, mode, ttlMs }: CreateRequest): void {
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

export function setAcl(paths: Paths, path: string, acl: readonly Acl[]): Operation<void> {
  return {
    opcode: opcode.setAcl,
    text: `setAcl ${path}`,
    changes: true,
    write: (writer) => {
      writer.text(paths.toServer(path))
      writeAcl(writer, acl)
      writer.int(-1)
    },
    read: () => undefined,
  }
}

export function writePathAndVersion(writer: Writer, paths: Paths, path: string, version: number): void {
  writer.text(paths.toServer(path))
  writer.int(version)
}

export function writeSetData(writer: Writer, paths: Paths, path: string, data: Uint8Array, version: number): void {
  writer.text(paths.toServer(path))
  writer.bytes(data)
  writer.int(version)
}
