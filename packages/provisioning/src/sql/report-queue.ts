import { setImmediate } from 'node:timers/promises'

import { isMusterError } from '@muster/common'

import type { Report, Reported } from '../store.js'

/** So many reports share a commit at most. */
const atOnce = 500

interface Waiting {
  readonly report: Report
  readonly resolve: (reported: Reported) => void
  readonly reject: (error: unknown) => void
}

export interface StepKey {
  readonly id: string
  readonly tenant: string
}

export type Commit = (step: StepKey, reports: readonly Report[]) => Promise<Reported>

/** Reports of one step that come while others are being stored share the next commit. */
export class ReportQueue {
  readonly #commit: Commit
  readonly #waiting = new Map<string, Waiting[]>()

  constructor(commit: Commit) {
    this.#commit = commit
  }

  /** Resolves when it is stored. */
  add(step: StepKey, report: Report): Promise<Reported> {
    return new Promise((resolve, reject) => {
      const key = JSON.stringify([step.tenant, step.id])
      const waiting = this.#waiting.get(key)
      if (waiting) waiting.push({ report, resolve, reject })
      else {
        this.#waiting.set(key, [{ report, resolve, reject }])
        void this.#work(step, key)
      }
    })
  }

  async #work(step: StepKey, key: string): Promise<void> {
    await setImmediate() // what is reported in one go shares the first commit; and SQLite, which never waits, leaves others their turn
    for (let some = this.#take(key); some.length > 0; some = this.#take(key)) await this.#settle(step, some)
    this.#waiting.delete(key)
  }

  /** One report an instance: of two the later one waits for the next commit. */
  #take(key: string): Waiting[] {
    const [taken, left] = [new Map<string, Waiting>(), [] as Waiting[]]
    for (const one of this.#waiting.get(key) ?? []) {
      if (taken.size < atOnce && !taken.has(one.report.instance)) taken.set(one.report.instance, one)
      else left.push(one)
    }
    if (taken.size > 0) this.#waiting.set(key, left)
    return [...taken.values()]
  }

  async #settle(step: StepKey, some: readonly Waiting[]): Promise<void> {
    try {
      const reported = await this.#commit(step, some.map(({ report }) => report))
      for (const { resolve } of some) resolve(reported)
    } catch (error) {
      // One that is refused does not take the others with it.
      if (some.length > 1 && isMusterError(error, 'conflict')) for (const one of some) await this.#settle(step, [one])
      else for (const { reject } of some) reject(error)
    }
  }
}
