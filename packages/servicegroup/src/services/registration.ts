import type { Companion, Op, Session } from '@muster/coordination/internal'

import type { Worker } from '../workers/worker.js'
import type { AuditLog } from './audit-log.js'
import { decodeGate, encodeGate, gateAddress } from './gate.js'
import { appendChange, makeRoom } from './outbox.js'
import type { Change } from './outbox.js'
import { encodeRecord, newRecord, recordAddress } from './service-record.js'

/** The part of a join that is about the worker's service: it is registered if there is none, and cannot be deleted at the same time. */
export class Registration implements Companion {
  readonly #session: Session
  readonly #worker: Pick<Worker, 'type' | 'hostname' | 'region' | 'zone' | 'memberId'>
  readonly #audit: AuditLog
  #uuid: string | null = null
  #change: Change | undefined
  #isAgain = false

  constructor(session: Session, worker: Pick<Worker, 'type' | 'hostname' | 'region' | 'zone' | 'memberId'>, audit: AuditLog) {
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

  #register(type: string, host: string, writeGate: (data: Uint8Array) => Op): Op[] {
    const { region, zone, memberId } = this.#worker
    const uuid = crypto.randomUUID()
    const id = crypto.randomUUID()
    const record = newRecord(uuid, { type, host, region, zone })
    this.#uuid = uuid
    this.#change = { id, type: 'created', cause: 'join', actor: memberId, source: null, reason: null, before: null, after: record }
    return [
      { op: 'create', at: recordAddress(uuid), data: encodeRecord({ record, changeIds: [id], decisions: {}, others: {} }) },
      appendChange(this.#change),
      writeGate(encodeGate({ uuid, tombstone: [], deletedBy: null, others: {} })),
    ]
  }
}
