import { BackendUnreachable } from '@muster/common'

/** What `ask` gives. @throws BackendUnreachable when it has not within `ms`, with the reason; else what `ask` throws */
export async function answerWithin<T>(ms: number, ask: (signal: AbortSignal) => Promise<T>, { signal, reason = `no answer within ${ms / 1000} s` }: { readonly signal?: AbortSignal; readonly reason?: string } = {}): Promise<T> {
  const inTime = AbortSignal.timeout(ms)
  try {
    return await ask(signal ? AbortSignal.any([signal, inTime]) : inTime)
  } catch (error) {
    throw inTime.aborted ? new BackendUnreachable('the backend', reason, { cause: error }) : error
  }
}
