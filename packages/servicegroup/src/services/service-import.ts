import { InvalidArgument, isMusterError } from '@muster/common'
import type { ErrorCode, MusterError } from '@muster/common'
import type { Entry, Op, Session } from '@muster/coordination/internal'

import type { AuditLog } from './audit-log.js'
import { decodeGate, encodeGate, gateAddress } from './gate.js'
import { appendChange, makeRoom } from './outbox.js'
import { blankRecord, layOver } from './service-copy.js'
import type { ServiceCopy } from './service-copy.js'
import { commitUpdate, decisionsOf, describeChange, describeId } from './service-edit.js'
import type { Found } from './service-edit.js'
import { checkWriteOptions } from './service-patch.js'
import { decodeRecord, encodeRecord, recordAddress } from './service-record.js'
import type { Decisions, WriteOptions } from './service.js'
import { untilWritten } from './until-written.js'

/** How many are under way at once: enough to fill a connection, few enough to be told of at an end. */
const atOnce = 64

/** What a single copy may fail with: the others are not hindered. */
const ofOne: readonly ErrorCode[] = ['too_large', 'invalid_argument', 'version_conflict']

/** What has become of a copy, and under which uuid the service is there. */
export type Imported =
  | { readonly copy: ServiceCopy; readonly outcome: 'created' | 'updated' | 'same'; readonly uuid: string }
  | { readonly copy: ServiceCopy; readonly outcome: 'failed'; readonly error: MusterError }

export interface ImportOptions extends Omit<WriteOptions, 'ifVersion'> {
  /** Called for each copy as soon as it is settled, in no order. */
  readonly onImported?: ((imported: Imported) => void) | undefined
}

/** Where the service of a copy is, or is to be. */
interface Place {
  readonly gateEntry: Entry | undefined
  /** The uuid for a service that is to be created. */
  readonly uuid: string
  readonly found: Found | undefined
}

/** Takes services over from elsewhere, each in one commit with what is told of it. */
export class ServiceImporter {
  readonly #session: Session
  readonly #audit: AuditLog
  #makingRoom: Promise<void> | undefined

  constructor(session: Session, audit: AuditLog) {
    this.#session = session
    this.#audit = audit
  }

  /** As `ServiceGroup.importServices`. */
  async importAll(copies: Iterable<ServiceCopy>, { onImported, ...options }: ImportOptions): Promise<void> {
    checkWriteOptions(options)
    const waiting = [...copies].values()
    let fault: { readonly error: unknown } | undefined
    const work = async (): Promise<void> => {
      for (const copy of waiting) {
        if (fault || options.signal?.aborted === true) return
        try {
          const imported = await this.#tryImport(copy, options)
          onImported?.(imported)
        } catch (error) {
          fault ??= { error }
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    if (fault) throw fault.error
    options.signal?.throwIfAborted()
  }

  async #tryImport(copy: ServiceCopy, options: WriteOptions): Promise<Imported> {
    try {
      return { copy, ...(await this.#import(copy, options)) }
    } catch (error) {
      if (isMusterError(error) && ofOne.includes(error.code)) return { copy, outcome: 'failed', error }
      throw error
    }
  }

  // The caller's signal ends nothing that is under way: each is done or not done.
  async #import(copy: ServiceCopy, options: WriteOptions): Promise<{ outcome: 'created' | 'updated' | 'same'; uuid: string }> {
    const read = async (isAgain: boolean): Promise<Place> => {
      await (this.#makingRoom ??= makeRoom(this.#session).finally(() => (this.#makingRoom = undefined)))
      return this.#find(copy, isAgain)
    }
    return untilWritten(this.#session, { what: `The service ${describeId(copy)}` }, read, async (place) => {
      if (!place.found) {
        await this.#create(copy, place, options)
        return { outcome: 'created', uuid: place.uuid }
      }
      return { outcome: (await this.#update(copy, place.found, options)) ? 'updated' : 'same', uuid: place.uuid }
    })
  }

  /** A uuid that was in use before, here, is not used again: where a gate is there, a service was. */
  async #find(copy: ServiceCopy, consistent: boolean): Promise<Place> {
    const gateEntry = await this.#session.read(gateAddress(copy.type, copy.host), { consistent })
    const { uuid: registered } = decodeGate(gateEntry)
    const uuid = registered ?? (gateEntry ? undefined : copy.uuid || undefined)
    const entry = uuid === undefined ? undefined : await this.#session.read(recordAddress(uuid), { consistent })
    if (registered === null || !entry) {
      const isUnused = registered === null && uuid !== undefined && !entry
      return { gateEntry, uuid: isUnused ? uuid : crypto.randomUUID(), found: undefined }
    }
    const stored = decodeRecord(entry)
    if (!stored) throw new InvalidArgument('service', `The record of ${describeId(copy)} that is there cannot be read`)
    return { gateEntry, uuid: registered, found: { entry, stored } }
  }

  async #create(copy: ServiceCopy, { gateEntry, uuid }: Place, options: WriteOptions): Promise<void> {
    const blank = blankRecord(uuid, copy)
    const { record, others } = layOver(blank, copy, Date.now())
    const change = describeChange({ type: 'created', before: null, after: record }, options)
    const decisions = { ...decisionsOf(change, blank.record, record), ...copy.decisions }
    const at = gateAddress(copy.type, copy.host)
    const data = encodeGate({ ...decodeGate(gateEntry), uuid, tombstone: [], deletedBy: null })
    const gate: Op = gateEntry ? { op: 'put', at, data, version: gateEntry.version } : { op: 'create', at, data }
    const done = (now?: Entry): boolean | undefined => (decodeGate(now).uuid === uuid ? true : now?.version === gateEntry?.version ? false : undefined)
    await this.#session.commit([{ op: 'create', at: recordAddress(uuid), data: encodeRecord({ record, changeIds: [change.id], decisions, others }) }, appendChange(change), gate], { witness: { at, done } })
    this.#audit.tell(change)
  }

  /** False when there is nothing to change. */
  async #update(copy: ServiceCopy, found: Found, options: WriteOptions): Promise<boolean> {
    const { stored } = found
    const after = layOver(stored, copy, Date.now())
    if (after === stored) return false
    const change = describeChange({ type: 'updated', before: stored.record, after: after.record }, options)
    const decided = decisionsOf(change, stored.record, after.record)
    const carried: Decisions = Object.fromEntries(Object.entries(decided).map(([field, decision]) => [field, copy.decisions?.[field as keyof Decisions] ?? decision]))
    await commitUpdate(this.#session, found, { ...after, decisions: { ...stored.decisions, ...carried } }, change, undefined)
    this.#audit.tell(change)
    return true
  }
}
