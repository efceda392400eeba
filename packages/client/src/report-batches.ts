import type { Report, Reported } from '@muster/provisioning'

/** So many reports go as one request at most, and about so many characters of what failures have to say. */
const [atOnce, mostCharacters] = [200, 1024 * 1024]

interface Waiting {
  readonly report: Report
  readonly resolve: (reported: Reported) => void
  readonly reject: (error: unknown) => void
}

/** What became of each, in their order: how it was recorded, or why it was refused. */
export type Send<Key> = (step: Key, reports: readonly Report[]) => Promise<readonly (Reported | Error)[]>

/** Reports of one step that come while others are under way share the next request: so a step has one connection, however many instances it has. */
export class ReportBatches<Key> {
  readonly #send: Send<Key>
  readonly #waiting = new Map<string, Waiting[]>()

  constructor(send: Send<Key>) {
    this.#send = send
  }

  /** Resolves when the server has stored it. */
  add(step: Key, report: Report): Promise<Reported> {
    return new Promise((resolve, reject) => {
      const key = JSON.stringify(step)
      const waiting = this.#waiting.get(key)
      if (waiting) waiting.push({ report, resolve, reject })
      else {
        this.#waiting.set(key, [{ report, resolve, reject }])
        void this.#work(step, key)
      }
    })
  }

  async #work(step: Key, key: string): Promise<void> {
    await Promise.resolve() // what is reported in one go shares the first request
    for (let some = this.#take(key); some.length > 0; some = this.#take(key)) await this.#settle(step, some)
    this.#waiting.delete(key)
  }

  #take(key: string): readonly Waiting[] {
    const waiting = this.#waiting.get(key) ?? []
    let [count, characters] = [0, 0]
    for (const { report } of waiting) {
      characters += report.eventInfo?.length ?? 0
      if (count === atOnce || (count > 0 && characters > mostCharacters)) break
      count += 1
    }
    return waiting.splice(0, count)
  }

  async #settle(step: Key, some: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#send(step, some.map(({ report }) => report))
      some.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index]
        if (outcome === undefined || outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      })
    } catch (error) {
      for (const { reject } of some) reject(error)
    }
  }
}
