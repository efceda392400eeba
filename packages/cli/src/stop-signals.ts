import { constants } from 'node:os'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface StopSignals {
  /** Aborts when the first of them comes; the second ends the process at once. */
  readonly signal: AbortSignal
  /** The exit status after signal n, 128 + n; undefined before. */
  readonly status: number | undefined
  /** They act on the process again. */
  release(): void
}

/** Listens for INT, TERM and HUP from now on. */
export function catchStopSignals(): StopSignals {
  const stop = new AbortController()
  let status: number | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    release()
    status = 128 + constants.signals[signal]
    stop.abort()
  }
  const release = (): void => stopSignals.forEach((signal) => process.off(signal, onSignal))
  for (const signal of stopSignals) process.on(signal, onSignal)
  return {
    signal: stop.signal,
    get status() {
      return status
    },
    release,
  }
}

/**
 * Runs something that may go on for ever until INT, TERM or HUP comes, which aborts the signal that it is given.
 * Resolves with its exit status, or with 128 + n if signal n has stopped it. A second signal ends the process at once.
 */
export async function untilStopped(run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = catchStopSignals()
  try {
    const ended = await run(stop.signal)
    return stop.status ?? ended
  } finally {
    stop.release()
  }
}
