import { isMusterError } from '@muster/common'
import type { Logger } from '@muster/common'
import { Rejected, standFor } from '@muster/coordination/internal'
import type { Campaign, Op, Session } from '@muster/coordination/internal'

import { AuditLog } from '../services/audit-log.js'
import { decodeGate, gateAddress } from '../services/gate.js'
import { claimLog } from '../services/log-identity.js'
import { clearGap, clearOutbox, makeRoom, outboxCollection, readGap, readWaiting } from '../services/outbox.js'
import type { Change, Departure, OutboxEntry, OutboxGap } from '../services/outbox.js'
import { register } from '../services/registration.js'
import { decodeRecord, encodeRecord, recordAddress, rememberedChanges, serviceCollection } from '../services/service-record.js'
import type { ServiceRecord } from '../services/service.js'
import type { Worker } from '../workers/worker.js'

/** What was taken from the outbox, to be handed back to `clear` when it is kept. */
export interface Drained {
  readonly entries: readonly OutboxEntry<Change | Departure>[]
  /** Keys of what is in no record: whoever put it there has changed nothing. */
  readonly forged?: readonly string[]
  readonly gap?: { readonly gap: OutboxGap; readonly version: string } | undefined
}

/** A record, and the latest of its changes. */
export interface RecordAndChange {
  readonly record: ServiceRecord
  readonly changeId: string | null
}

const mostAttempts = 5

/** What the observer takes from a backend to keep a history of it, and the little that it writes there. */
export class ChangeSource {
  readonly #session: Session
  readonly #logger: Logger
  readonly #audit: AuditLog

  constructor(session: Session, logger: Logger) {
    this.#session = session
    this.#logger = logger
    this.#audit = new AuditLog(logger)
  }

  /** The identity of the store; empty while an embedded one has not been made. */
  get storeId(): string {
    return this.#session.storeId
  }

  /** Stands for the office of observer: one at a time keeps the history. */
  standForObserver(): Campaign {
    return standFor(this.#session, 'observer', 'observer')
  }

  /** Makes this log the one of the store, if there is none. Resolves with the identity of the one it has. */
  claimLog(id: string, signal?: AbortSignal): Promise<string> {
    return claimLog(this.#session, id, signal)
  }

  /** Calls `listener` when the outbox is known, and when something comes into it; ends with `signal`. */
  async watchOutbox(listener: () => void, signal: AbortSignal): Promise<void> {
    for await (const { changes, synced } of this.#session.watch(outboxCollection, { signal })) {
      if (synced || changes.some(({ type }) => type === 'put')) listener()
    }
  }

  /** All that waits in the outbox, committed before the call at the latest. */
  async drain(signal?: AbortSignal): Promise<Drained> {
    const waiting = await readWaiting(this.#session, signal)
    const forged = await this.#findForged(waiting, signal)
    return { entries: waiting.filter(({ key }) => !forged.includes(key)), forged, gap: await readGap(this.#session, signal) }
  }

  /**
   * Whoever may join may write into the outbox, but not into records: those name their latest changes, so a change of which its record knows nothing
   * was never made. Where a record has forgotten its older ones nothing can be said.
   */
  async #findForged(waiting: Drained['entries'], signal: AbortSignal | undefined): Promise<string[]> {
    const known = new Map<string, Promise<readonly string[] | undefined>>()
    const changesOf = async (uuid: string): Promise<readonly string[] | undefined> => {
      const entry = await this.#session.read(recordAddress(uuid), { signal }) // after the outbox, so it knows of what was in there
      return entry && decodeRecord(entry)?.changeIds
    }
    const forged = await Promise.all(
      waiting.map(async ({ key, change }) => {
        const uuid = change.type === 'left' ? undefined : (change.after ?? change.before)?.uuid
        if (uuid === undefined) return change.type === 'left' ? [] : [key]
        if (!known.has(uuid)) known.set(uuid, changesOf(uuid))
        const ids = await known.get(uuid)
        return ids && ids.length < rememberedChanges && !ids.includes(change.id) ? [key] : []
      }),
    )
    const keys = forged.flat()
    if (keys.length > 0) this.#logger.warn({ entries: keys.length }, 'the outbox has changes that were never made: somebody with the rights of a worker has written them')
    return keys
  }

  /** Takes away what is kept by now. */
  async clear(keys: readonly string[], gap: Drained['gap'], signal?: AbortSignal): Promise<void> {
    await clearOutbox(this.#session, keys, signal)
    if (gap) await clearGap(this.#session, gap.version, signal)
  }

  /** Every record as it is after the call. */
  async records(signal?: AbortSignal): Promise<RecordAndChange[]> {
    const { entries } = await this.#session.list(serviceCollection, { consistent: true, signal })
    return entries.flatMap((entry) => {
      const stored = decodeRecord(entry)
      return stored ? [{ record: stored.record, changeId: stored.changeIds.at(-1) ?? null }] : []
    })
  }

  /** Writes into the record when it was last seen up and how often a worker has reported; nothing if it is gone or says so already. Not a change that is told. */
  async noteLastSeen(uuid: string, { lastSeenUp, reportCount }: Pick<ServiceRecord, 'lastSeenUp' | 'reportCount'>, signal?: AbortSignal): Promise<void> {
    const at = recordAddress(uuid)
    for (let attempt = 1; ; attempt += 1) {
      const entry = await this.#session.read(at, { consistent: attempt > 1, signal })
      const stored = entry && decodeRecord(entry)
      if (!stored || (stored.record.lastSeenUp === lastSeenUp && stored.record.reportCount === reportCount)) return
      try {
        await this.#session.commit([{ op: 'put', at, version: entry.version, data: encodeRecord({ ...stored, record: { ...stored.record, lastSeenUp, reportCount }, changed: stored.changed ?? { modified: entry.modified, modifiedAt: entry.modifiedAt } }) }], { signal })
        return
      } catch (error) {
        if (attempt === mostAttempts || !(error instanceof Rejected || isMusterError(error, 'outcome_unknown'))) throw error
      }
    }
  }

  /** Registers the service of a worker that could not, because it joined through another program. False when it is one without. */
  async adopt({ type, hostname: host, region, zone, memberId }: Worker, signal?: AbortSignal): Promise<boolean> {
    if (type === null || host === null) return false
    const at = gateAddress(type, host)
    const entry = await this.#session.read(at, { consistent: true, signal })
    const gate = decodeGate(entry)
    if (gate.uuid !== null || gate.tombstone.includes(memberId)) return false
    await makeRoom(this.#session, signal)
    const writeGate = (data: Uint8Array): Op => (entry ? { op: 'put', at, data, version: entry.version } : { op: 'create', at, data })
    const { uuid, change, ops } = register({ type, host, region, zone }, { cause: 'adopted', actor: memberId }, writeGate)
    try {
      await this.#session.commit(ops, { signal, witness: { at: recordAddress(uuid), done: (now) => now !== undefined } })
    } catch (error) {
      if (error instanceof Rejected) return false // a worker has registered it meanwhile
      throw error
    }
    this.#audit.tell(change)
    return true
  }
}
