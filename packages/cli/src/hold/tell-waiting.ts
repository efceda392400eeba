import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@muster/common'

const patienceMs = 2000
const askTimeoutMs = 3000

/**
 * Says once, when a wait has lasted for 2 s, what is waited for; or that the backend does not answer, which is waited for
 * as well. `ask` says who is in the way, undefined for nobody. Ends with `signal`.
 */
export async function tellWaiting(what: string, ask: (signal: AbortSignal) => Promise<string | undefined>, say: (sentence: string) => void, signal: AbortSignal): Promise<void> {
  const isOver = (): boolean => signal.aborted
  await delay(patienceMs, undefined, { signal, ref: false }).catch(() => undefined)
  if (isOver()) return
  const inTime = AbortSignal.timeout(askTimeoutMs)
  try {
    const reason = await ask(AbortSignal.any([signal, inTime]))
    if (!isOver() && reason !== undefined) say(`waiting for ${what}: ${reason}`)
  } catch (error) {
    const reason = inTime.aborted ? `no answer within ${askTimeoutMs / 1000} s` : messageOf(error)
    if (!isOver()) say(`waiting for ${what}: the backend cannot be reached yet, trying on: ${reason}`)
  }
}
