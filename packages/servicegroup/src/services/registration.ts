import type { Companion, Op, Session } from '@muster/coordination/internal'

import type { Worker } from '../workers/worker.js'
import type { AuditLog } from './audit-log.js'
import { decodeGate, encodeGate, gateAddress } from './gate.js'
import { appendChange, makeRoom } from './outbox.js'
import type { Change } from './outbox.js'
import { readLogId } from './log-identity.js'
import { encodeRecord, newRecord, recordAddress } from './service-record.js'
import type { ServiceRecord } from './service.js'

/** The part of a join that is about the worker's service: it is registered if there is none, and cannot be deleted at the same time. */
export class Registration implements Companion {
  readonly #session: Session
  readonly #worker: Pick<Worker, 'group' | 'type' | 'hostname' | 'region' | 'zone' | 'memberId'>
  readonly #audit: AuditLog
  #uuid: string | null = null
  #change: Change | undefined
  #isAgain = false

  constructor(session: Session, worker: Pick<Worker, 'group' | 'type' | 'hostname' | 'region' | 'zone' | 'memberId'>, audit: AuditLog) {
    this.#session = session
    this.#worker = worker
    this.#audit = audit
  }

  /** The service of the worker; null when it is one without. */
  get uuid(): string | null {
    return this.#uuid
  }

  async ops(signal?: AbortSignal): Promise<readonly Op[]> {
    const { type, hostname: host, memberId } = this.#worker
    this.#change = undefined
    if (type === null || host === null) return []
    const at = gateAddress(type, host)
    const isAgain = this.#isAgain
    this.#isAgain = true
    const entry = await this.#session.read(at, { consistent: isAgain, signal })
    const gate = decodeGate(entry)
    const mayBeThere = gate.uuid !== null && (!isAgain || (await this.#session.read(recordAddress(gate.uuid), { signal })) !== undefined) // somebody may have removed it by hand
    if (entry && gate.uuid !== null && mayBeThere) {
      this.#uuid = gate.uuid
      // Without a version: joins do not hinder each other. While the record is there, the gate says the same.
      return [{ op: 'check', at: recordAddress(gate.uuid) }, { op: 'put', at, data: entry.data }]
    }
    if (entry && gate.tombstone.includes(memberId)) {
      this.#uuid = null
      return [{ op: 'put', at, data: entry.data, version: entry.version }]
    }
    await makeRoom(this.#session, signal)
    return this.#register(type, host, (data) => (entry ? { op: 'put', at, data, version: entry.version } : { op: 'create', at, data }))
  }

  done(): void {
    this.#isAgain = false
    if (this.#change) this.#audit.tell(this.#change)
    this.#change = undefined
  }

  /** Whether somebody keeps a history of this store. */
  async isTold(signal?: AbortSignal): Promise<boolean> {
    return (await readLogId(this.#session, signal)) !== undefined
  }

  /** What tells a leaver from one who has died. */
  async leaving(signal?: AbortSignal): Promise<readonly Op[]> {
    await makeRoom(this.#session, signal)
    const { group, memberId } = this.#worker
    return [appendChange({ id: crypto.randomUUID(), type: 'left', group, memberId })]
  }

  #register(type: string, host: string, writeGate: (data: Uint8Array) => Op): Op[] {
    const { region, zone, memberId } = this.#worker
    const { uuid, change, ops } = register({ type, host, region, zone }, { cause: 'join', actor: memberId }, writeGate)
    this.#uuid = uuid
    this.#change = change
    return ops
  }
}

/** What makes a service of which there is none: its record, the change that tells of it, and the gate. */
export function register(of: Pick<ServiceRecord, 'type' | 'host' | 'region' | 'zone'>, by: Pick<Change, 'cause' | 'actor'>, writeGate: (data: Uint8Array) => Op): { uuid: string; change: Change; ops: Op[] } {
  const [uuid, id] = [crypto.randomUUID(), crypto.randomUUID()]
  const record = newRecord(uuid, of)
  const change: Change = { id, type: 'created', ...by, source: null, reason: null, before: null, after: record }
  const ops = [
    { op: 'create', at: recordAddress(uuid), data: encodeRecord({ record, changeIds: [id], decisions: {}, others: {} }) } as const,
    appendChange(change),
    writeGate(encodeGate({ uuid, tombstone: [], deletedBy: null, others: {} })),
  ]
  return { uuid, change, ops }
}
