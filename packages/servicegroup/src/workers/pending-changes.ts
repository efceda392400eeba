import type { Worker, WorkerChange } from './worker.js'

/** A worker is its group and member id. */
const identityOf = ({ group, memberId }: Worker): string => JSON.stringify([group, memberId])

/**
 * What somebody has yet to be told, one change for each worker: however long it takes until it is asked for, it is no
 * more than what differs between then and now.
 */
export class PendingChanges {
  readonly #changes = new Map<string, WorkerChange>()

  add(change: WorkerChange): void {
    const identity = identityOf(change.type === 'left' ? change.before : change.worker)
    const pending = this.#changes.get(identity)
    this.#changes.delete(identity) // what happened last is told last
    const whole = pending ? combine(pending, change) : change
    if (whole) this.#changes.set(identity, whole)
  }

  /** All of them; none are pending then. */
  take(): WorkerChange[] {
    const changes = [...this.#changes.values()]
    this.#changes.clear()
    return changes
  }
}

/** Two changes of one worker as one; nothing if it came and went. */
function combine(first: WorkerChange, second: WorkerChange): WorkerChange | undefined {
  const before = first.type === 'joined' ? undefined : first.before
  const worker = second.type === 'left' ? undefined : second.worker
  if (before && worker) {
    const rejoined = first.type === 'left' || (first.type === 'updated' && first.rejoined) || (second.type === 'updated' && second.rejoined)
    return { type: 'updated', worker, before, rejoined }
  }
  if (worker) return { type: 'joined', worker }
  return before && { type: 'left', before }
}
