import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError } from '@muster/common'
import type { PersistentWatchOptions, ZooKeeperClient } from '@muster/zookeeper'

const pauseMs = 100

/**
 * Watches until the signal aborts. Resolves when the watch is armed, however long the backend takes to answer, or when the
 * signal has aborted. @throws what the client throws for good
 */
export async function watchUntilAborted(client: ZooKeeperClient, path: string, options: PersistentWatchOptions & { readonly signal: AbortSignal }): Promise<void> {
  const { signal } = options
  const isOver = (): boolean => signal.aborted
  while (!isOver()) {
    try {
      const watch = await client.watch(path, options)
      const end = (): void => void watch.close()
      if (isOver()) end()
      else signal.addEventListener('abort', end, { once: true })
      return
    } catch (error) {
      if (isOver()) return
      if (!isMusterError(error, 'backend_unreachable') && !isMusterError(error, 'queue_full')) throw error
      await delay(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
