import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError } from '@muster/common'

import type { Happening } from './history.js'

const retryMs = 100
const willPass = ['backend_unreachable', 'outcome_unknown', 'operation_timed_out', 'queue_full', 'session_lost', 'member_already_exist']

/** The calls of a client, each told when it is asked and when it is answered. */
export class Asking {
  readonly #tell: (happening: Happening) => void
  #calls = 0
  #working = 0

  constructor(tell: (happening: Happening) => void) {
    this.#tell = tell
  }

  /** Something that was begun is not done. */
  get isBusy(): boolean {
    return this.#working > 0
  }

  /** Undefined when it fails. */
  async once<T>(what: string, limitMs: number, run: () => Promise<T>): Promise<T | undefined> {
    return (await this.#attempt(what, limitMs, run)).value
  }

  /** Again and again while it fails with what another attempt may mend. */
  async untilDone<T>(what: string, limitMs: number, run: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      const { value, code } = await this.#attempt(what, limitMs, run)
      if (code === undefined || !willPass.includes(code)) return value
      await delay(retryMs)
    }
  }

  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#working += 1
    try {
      return await work()
    } finally {
      this.#working -= 1
    }
  }

  async #attempt<T>(what: string, limitMs: number, run: () => Promise<T>): Promise<{ value?: T; code?: string }> {
    const call = (this.#calls += 1)
    this.#tell({ type: 'asked', call, what, limitMs })
    try {
      const value = await run()
      this.#tell({ type: 'answered', call, outcome: 'done' })
      return { value }
    } catch (error) {
      const code = isMusterError(error) ? error.code : undefined
      this.#tell({ type: 'answered', call, outcome: 'failed', ...(code !== undefined && { code }), message: String(error) })
      return code === undefined ? {} : { code }
    }
  }
}
