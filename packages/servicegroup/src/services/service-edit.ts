import { NotFound, ServiceInUse, thisUser, VersionConflict } from '@muster/common'
import type { Entry, ReadOptions, Session } from '@muster/coordination/internal'

import type { Worker } from '../workers/worker.js'
import type { AuditLog } from './audit-log.js'
import { decodeGate, encodeGate, gateAddress, noGate } from './gate.js'
import { appendChange, makeRoom } from './outbox.js'
import type { Change } from './outbox.js'
import { applyPatch, checkWriteOptions } from './service-patch.js'
import { decodeRecord, encodeRecord, recordAddress } from './service-record.js'
import type { StoredRecord } from './service-record.js'
import { indexOf } from './service-state.js'
import { decidedFields } from './service.js'
import type { Decisions, DeleteOptions, ServiceId, ServicePatch, ServiceRecord, WriteOptions } from './service.js'
import { untilWritten } from './until-written.js'

export interface Found {
  readonly entry: Entry
  readonly stored: StoredRecord
}

/** The live workers of a type on a host, as they are after the call. */
export type FindWorkers = (of: Pick<ServiceRecord, 'type' | 'host'>, signal: AbortSignal | undefined) => Promise<readonly Worker[]>

/** Undefined when there is no such service. */
export async function readRecord(session: Session, id: ServiceId, options: ReadOptions): Promise<Found | undefined> {
  const uuid = typeof id === 'string' ? id : decodeGate(await session.read(gateAddress(id.type, id.host), options)).uuid
  const entry = uuid === null || uuid === '' ? undefined : await session.read(recordAddress(uuid), options)
  const stored = entry && decodeRecord(entry)
  return entry && stored && { entry, stored }
}

/** @throws NotFound */
export async function findRecord(session: Session, id: ServiceId, options: ReadOptions): Promise<Found> {
  const found = await readRecord(session, id, options)
  if (!found) throw new NotFound(`The service ${describeId(id)}`)
  return found
}

export const describeId = (id: ServiceId): string => (typeof id === 'string' ? id : `${id.type}@${id.host}`)

/** Writes records and what is told of it, in one commit each: the one place that does. */
export class ServiceEditor {
  readonly #session: Session
  readonly #findWorkers: FindWorkers
  readonly #audit: AuditLog

  constructor(session: Session, findWorkers: FindWorkers, audit: AuditLog) {
    this.#session = session
    this.#findWorkers = findWorkers
    this.#audit = audit
  }

  /** Resolves when it is written; without a write when the patch changes nothing. */
  async update(id: ServiceId, patch: ServicePatch, options: WriteOptions): Promise<void> {
    checkWriteOptions(options)
    await this.#untilWritten(id, options, async (found) => {
      const { stored } = found
      const record = applyPatch(stored.record, patch, Date.now())
      if (record === stored.record) return
      const change = describeChange({ type: 'updated', before: stored.record, after: record }, options)
      await commitUpdate(this.#session, found, { ...stored, record, decisions: { ...stored.decisions, ...decisionsOf(change, stored.record, record) } }, change, options.signal)
      this.#audit.tell(change)
    })
  }

  /** Resolves with what it was. */
  async delete(id: ServiceId, options: DeleteOptions): Promise<Found> {
    checkWriteOptions(options)
    return this.#untilWritten(id, options, async (found) => {
      const { record } = found.stored
      const at = gateAddress(record.type, record.host)
      const gateEntry = await this.#session.read(at, { consistent: true, signal: options.signal }) // before the workers: who joins after that wins
      const living = await this.#findWorkers(record, options.signal)
      if (living.length > 0 && options.force !== true) throw new ServiceInUse(`${record.type}@${record.host}`, living.length)
      const change = describeChange({ type: 'deleted', before: record, after: null }, options)
      const gate = gateEntry ? decodeGate(gateEntry) : noGate
      const isItsGate = gate.uuid === record.uuid
      const data = encodeGate({ ...gate, ...(isItsGate && { uuid: null, tombstone: living.map(({ memberId }) => memberId) }), deletedBy: change.id })
      const done = (now?: Entry): boolean | undefined => (decodeGate(now).deletedBy === change.id ? true : now?.version === gateEntry?.version ? false : undefined)
      await this.#session.commit(
        [{ op: 'delete', at: recordAddress(record.uuid), version: found.entry.version }, gateEntry ? { op: 'put', at, data, version: gateEntry.version } : { op: 'create', at, data }, appendChange(change)],
        { signal: options.signal, witness: { at, done } },
      )
      this.#audit.tell(change)
      return found
    })
  }

  async #untilWritten<T>(id: ServiceId, { ifVersion, signal }: WriteOptions, write: (found: Found) => Promise<T>): Promise<T> {
    const what = `The service ${describeId(id)}`
    const read = async (): Promise<Found> => {
      const [found] = await Promise.all([findRecord(this.#session, id, { consistent: true, signal }), makeRoom(this.#session, signal)])
      if (ifVersion !== undefined && ifVersion !== indexOf(found.stored.changed ?? found.entry)) throw new VersionConflict(what)
      return found
    }
    return untilWritten(this.#session, { what, signal }, read, write)
  }
}

/** Writes a record that was found anew, together with its change. */
export async function commitUpdate(session: Session, { entry, stored }: Found, after: StoredRecord, change: Change, signal: AbortSignal | undefined): Promise<void> {
  const at = recordAddress(stored.record.uuid)
  const data = encodeRecord({ ...after, changed: undefined, changeIds: [...stored.changeIds, change.id] })
  await session.commit([{ op: 'put', at, data, version: entry.version }, appendChange(change)], { signal, witness: { at, done: (now) => wasWritten(change.id, stored.changeIds.at(-1), now) } })
}

/** Whether the record tells of the change after `previous`; nothing can, once it is gone or has forgotten both. */
function wasWritten(id: string, previous: string | undefined, entry: Entry | undefined): boolean | undefined {
  const changeIds = entry && decodeRecord(entry)?.changeIds
  if (!changeIds) return undefined
  if (changeIds.includes(id)) return true
  return previous === undefined ? (changeIds.length === 0 ? false : undefined) : changeIds.includes(previous) ? false : undefined
}

export function describeChange(change: Pick<Change, 'type' | 'before' | 'after'>, { actor = thisUser(), source, reason }: WriteOptions): Change {
  return { id: crypto.randomUUID(), cause: 'admin', actor, source: source ?? null, reason: reason ?? null, ...change }
}

/** What a change has decided. */
export function decisionsOf({ actor, source, reason }: Change, before: ServiceRecord, after: ServiceRecord): Decisions {
  const decision = { actor, source, at: new Date().toISOString(), reason }
  const isAnother = (field: keyof ServiceRecord): boolean => JSON.stringify(before[field]) !== JSON.stringify(after[field])
  const decided = decidedFields.filter((field) => isAnother(field) || (field === 'status' && isAnother('disabledReason')))
  return Object.fromEntries(decided.map((field) => [field, decision]))
}
