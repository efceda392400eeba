import { differences } from '@muster/common'
import type { Worker, WorkerChange } from '@muster/servicegroup'

/** What happened between two lists: first who left, then who joined, then whose row differs. A worker is its group and member id. */
export function diffWorkers(before: readonly Worker[], after: readonly Worker[]): WorkerChange[] {
  const { added, removed, changed } = differences(byIdentity(before), byIdentity(after), isSameRow)
  return [
    ...removed.map((worker) => ({ type: 'left', before: worker }) as const),
    ...added.map((worker) => ({ type: 'joined', worker }) as const),
    ...changed.map((pair) => ({ type: 'updated', worker: pair.after, before: pair.before, rejoined: incarnationOf(pair.after) > incarnationOf(pair.before) }) as const),
  ]
}

const incarnationOf = ({ incarnation }: Worker): number => incarnation ?? 0

function byIdentity(workers: readonly Worker[]): Map<string, Worker> {
  return new Map(workers.map((worker) => [JSON.stringify([worker.group, worker.memberId]), worker]))
}

/** Compares everything a row says, also what a newer server adds; servers write the keys in one order. */
const isSameRow = (a: Worker, b: Worker): boolean => JSON.stringify(a) === JSON.stringify(b)
