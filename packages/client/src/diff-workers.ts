import { differences } from '@muster/common'
import type { Worker, WorkerChange } from '@muster/servicegroup'

/** A worker is its group and member id. */
export const identityOf = ({ group, memberId }: Worker): string => JSON.stringify([group, memberId])

/** What happened between two states, by identity: first who left, then who joined, then whose row differs. */
export function diffWorkers(before: ReadonlyMap<string, Worker>, after: ReadonlyMap<string, Worker>): WorkerChange[] {
  const { added, removed, changed } = differences(before, after, isSameRow)
  return [
    ...removed.map((worker) => ({ type: 'left', before: worker }) as const),
    ...added.map((worker) => ({ type: 'joined', worker }) as const),
    ...changed.map((pair) => ({ type: 'updated', worker: pair.after, before: pair.before, rejoined: incarnationOf(pair.after) > incarnationOf(pair.before) }) as const),
  ]
}

const incarnationOf = ({ incarnation }: Worker): number => incarnation ?? 0

/** Compares everything a row says, also what a newer server adds; servers write the keys in one order. */
const isSameRow = (a: Worker, b: Worker): boolean => JSON.stringify(a) === JSON.stringify(b)
