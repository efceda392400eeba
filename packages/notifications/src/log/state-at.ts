import { NotFound } from '@muster/common'
import { compareServices, compareWorkers } from '@muster/servicegroup'
import type { Worker } from '@muster/servicegroup'

import type { ChangeLog } from './change-log.js'
import type { Change, ObservedService } from './change.js'

/** The workers and services of one moment, sorted as lists are. */
export interface PastState {
  /** The number of the last change that had happened by then; 0 before the first. */
  readonly seq: number
  readonly workers: readonly Worker[]
  readonly services: readonly ObservedService[]
}

/** What is another way than it was, and the last change that made it so. */
export interface Difference {
  readonly before: Worker | ObservedService | null
  readonly after: Worker | ObservedService | null
  readonly last: Change
  /** How many changes lie between. */
  readonly changes: number
}

interface When {
  /** ms. */
  readonly time: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Who was alive and what was decided at a time: what is known now, and every change since undone, so that it costs what has happened since.
 * @throws NotFound when the log no longer goes so far back
 */
export async function stateAt(log: ChangeLog, { time, signal }: When): Promise<PastState> {
  const { seq, state, since } = await log.readBack(time, signal)
  const [workers, services] = [new Map(state.workers.map((worker) => [subjectOf(worker), worker])), new Map(state.services.map((service) => [service.uuid, service]))]
  for (const { before, after } of since.reverse()) {
    const subject = (after ?? before) as Worker | ObservedService
    const [rows, key] = 'host' in subject ? [services as Map<string, unknown>, subject.uuid] : [workers as Map<string, unknown>, subjectOf(subject)]
    if (before) rows.set(key, before)
    else rows.delete(key)
  }
  return { seq, workers: [...workers.values()].sort(compareWorkers), services: [...services.values()].sort(compareServices) }
}

/** What is another way now than at that time, in the order of the last changes; what was changed and changed back is left out. @throws NotFound as `stateAt` */
export async function differencesSince(log: ChangeLog, { time, signal }: When): Promise<readonly Difference[]> {
  const { since } = await log.readBack(time, signal)
  const found = new Map<string, Difference>()
  for (const change of since) {
    const subject = (change.after ?? change.before) as Worker | ObservedService
    const key = 'host' in subject ? subject.uuid : subjectOf(subject)
    const known = found.get(key)
    found.delete(key)
    found.set(key, { before: known ? known.before : change.before, after: change.after, last: change, changes: (known?.changes ?? 0) + 1 })
  }
  return [...found.values()].filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
}

const subjectOf = ({ group, memberId }: Worker): string => JSON.stringify([group, memberId])

export const noLongerKept = (time: number): NotFound => new NotFound(`The history of ${new Date(time).toISOString()}`, { hint: 'It is older than what is kept, or nobody kept it yet.' })
