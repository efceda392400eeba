import { Closed } from '@muster/common'

interface CallOptions {
  /** The caller's own way to end the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Ends the call after `ms` with what `error` makes. */
  readonly deadline?: { readonly ms: number; error(): Error } | undefined
}

/** The calls of one client under way: each ends at its deadline, when its caller aborts it, or when all are closed. */
export class Calls {
  readonly #underWay = new Map<AbortController, Promise<unknown>>()
  #closing: Promise<void> | undefined

  /** Runs `task`, which must heed its signal, and resolves as it does. No timer or listener outlives it. @throws Closed */
  async run<T>(task: (signal: AbortSignal) => Promise<T>, { signal, deadline }: CallOptions): Promise<T> {
    if (this.#closing) throw new Closed('The client')
    signal?.throwIfAborted()
    const controller = new AbortController()
    const onAbort = (): void => controller.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    const timer = deadline && setTimeout(() => controller.abort(deadline.error()), deadline.ms)
    const running = task(controller.signal)
    this.#underWay.set(controller, running)
    try {
      const result = await running
      controller.signal.throwIfAborted()
      return result
    } catch (error) {
      controller.signal.throwIfAborted() // why it was ended says more than how
      throw error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      this.#underWay.delete(controller)
    }
  }

  /** Waits, like any other call. */
  pause(ms: number, options: CallOptions): Promise<void> {
    return this.run((signal) => delay(ms, signal), options)
  }

  /** Ends every call with Closed. Resolves when none is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const controller of this.#underWay.keys()) controller.abort(new Closed('The client'))
    await Promise.allSettled(this.#underWay.values())
  }
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish, { once: true })
  })
}
