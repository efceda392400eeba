import { constants } from 'node:os'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs something that may go on for ever until INT, TERM or HUP comes, which aborts the signal that it is given.
 * Resolves with its exit status, or with 128 + n if signal n has stopped it. A second signal ends the process at once.
 */
export async function untilStopped(run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController()
  let status: number | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    stopListening()
    status = 128 + constants.signals[signal]
    stop.abort()
  }
  const stopListening = (): void => stopSignals.forEach((signal) => process.off(signal, onSignal))
  for (const signal of stopSignals) process.on(signal, onSignal)
  try {
    const ended = await run(stop.signal)
    return status ?? ended
  } finally {
    stopListening()
  }
}
