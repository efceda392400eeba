import { onAbort } from '@muster/common'
import type { ConnectionState } from '@muster/coordination'

/** A view that is followed: what is in it, and then what changes. */
export interface Followed<Change> {
  readonly synced: boolean
  readonly connection: ConnectionState
  onChange(listener: (changes: readonly Change[]) => void): () => void
}

/** What somebody who watches a view is to be told. */
export interface Narrowed<Change> {
  /** All that there is, as changes. */
  readonly first: () => readonly Change[]
  /** What a change is to the one who watches. */
  readonly narrow: (change: Change) => Change | undefined
  /** What has yet to be told. */
  readonly pending: { add(change: Change): void; take(): readonly Change[] }
}

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined
  readonly onConnection?: ((connection: Pick<ConnectionState, 'state' | 'reason'>) => void) | undefined
}

/**
 * Tells first what there is, then what changes. A slow reader is told what differs, not each step.
 * Ends when `signal` aborts. @throws what `find` throws, which is asked each time before something is told
 */
export async function* watchView<Change>(find: () => Followed<Change>, { first, narrow, pending }: Narrowed<Change>, { signal, onConnection }: WatchOptions): AsyncGenerator<readonly Change[], void> {
  const view = find()
  let { state } = view.connection
  let isFirst = true
  let wake: () => void = () => {}
  const stopListening = view.onChange((changes) => {
    const { connection } = view
    if (connection.state !== state && connection.state !== 'closed') onConnection?.(connection)
    state = connection.state
    for (const change of isFirst ? [] : changes) {
      const narrowed = narrow(change)
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
        const changes = isFirst ? first() : pending.take()
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
