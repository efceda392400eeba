import { setMaxListeners } from 'node:events'

/**
 * Calls `listener` when `signal` aborts, at most once; returns the way to stop it. A hundred calls may share one signal: that is
 * no leak, and Node does not warn of one.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}
