import type { Logger } from '@muster/common'

/** Calls a listener: one that throws must not cost the others their news, nor the session its connection. */
export function safely(logger: Logger, call: () => void): void {
  try {
    call()
  } catch (error) {
    logger.error({ err: error }, 'a listener of the ZooKeeper client threw')
  }
}
