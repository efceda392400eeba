import { Closed, onAbort } from '@muster/common'

interface CallOptions {
  /** The caller's own way to end the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Ends the call after `ms` with what `error` makes. */
  readonly deadline?: { readonly ms: number; error(): Error } | undefined
}

/** Something that ends when its caller aborts it or its client is closed. */
interface Held {
  /** Aborts with the caller's reason, or with Closed. */
  readonly signal: AbortSignal
  abort(reason: unknown): void
  /** It is over: no listener outlives it. */
  release(): void
}

/** What one client has under way: calls, which end at their deadline, and longer things. All end when their caller aborts them, or when all are closed. */
export class Calls {
  readonly #held = new Set<AbortController>()
  readonly #underWay = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  /** For what lasts longer than a call; the caller of this releases it. @throws Closed, or the reason of a signal that is aborted */
  hold(signal: AbortSignal | undefined): Held {
    if (this.#closing) throw new Closed('The client')
    signal?.throwIfAborted()
    const controller = new AbortController()
    const stopListening = signal && onAbort(signal, () => controller.abort(signal.reason))
    this.#held.add(controller)
    return {
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      release: () => {
        stopListening?.()
        this.#held.delete(controller)
      },
    }
  }

  /** Runs `task`, which must heed its signal, and resolves as it does. No timer or listener outlives it. @throws Closed */
  async run<T>(task: (signal: AbortSignal) => Promise<T>, { signal, deadline }: CallOptions): Promise<T> {
    const held = this.hold(signal)
    const timer = deadline && setTimeout(() => held.abort(deadline.error()), deadline.ms)
    const running = task(held.signal)
    this.#underWay.add(running)
    try {
      const result = await running
      held.signal.throwIfAborted()
      return result
    } catch (error) {
      held.signal.throwIfAborted() // why it was ended says more than how
      throw error
    } finally {
      clearTimeout(timer)
      held.release()
      this.#underWay.delete(running)
    }
  }

  /** Waits, like any other call. */
  pause(ms: number, options: CallOptions): Promise<void> {
    return this.run((signal) => delay(ms, signal), options)
  }

  /** Ends everything with Closed. Resolves when no call is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const controller of this.#held) controller.abort(new Closed('The client'))
    await Promise.allSettled(this.#underWay)
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
