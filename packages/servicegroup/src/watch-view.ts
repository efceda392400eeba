import { onAbort } from '@muster/common'

import { PendingChanges } from './pending-changes.js'
import type { LiveView } from './service-group.js'
import type { WatchWorkersOptions, WorkerChange, WorkerFilter } from './worker.js'
import { matchesFilter, narrowChange } from './worker-filter.js'

/**
 * Tells first the workers there are, as joins, then what changes. A slow reader is told what differs, not each step.
 * Ends when `signal` aborts. @throws what `find` throws, which is asked each time before something is told
 */
export async function* watchView(find: () => LiveView, filter: WorkerFilter, { signal, onConnection }: WatchWorkersOptions): AsyncGenerator<readonly WorkerChange[], void> {
  const view = find()
  const pending = new PendingChanges()
  let { state } = view.connection
  let isFirst = true
  let wake: () => void = () => {}
  const stopListening = view.onChange((changes) => {
    const { connection } = view
    if (connection.state !== state && connection.state !== 'closed') onConnection?.(connection)
    state = connection.state
    for (const change of isFirst ? [] : changes) {
      const narrowed = narrowChange(filter, change)
      if (narrowed) pending.add(narrowed)
    }
    wake()
  })
  const stopAborting = signal && onAbort(signal, () => wake())
  try {
    for (;;) {
      const next = new Promise<void>((resolve) => (wake = resolve)) // before looking: what happens meanwhile counts
      if (signal?.aborted) return
      find()
      if (view.synced) {
        const changes = isFirst ? view.workers().flatMap((worker) => (matchesFilter(filter, worker) ? [{ type: 'joined', worker } as const] : [])) : pending.take()
        if (isFirst || changes.length > 0) {
          isFirst = false
          yield changes
        }
      }
      await next
    }
  } finally {
    stopListening()
    stopAborting?.()
  }
}
