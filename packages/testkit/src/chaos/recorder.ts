import { bootTime } from '../boot-clock.js'
import type { Report } from './client-process.js'
import type { Bounds, Claim, Event, Happening, History } from './history.js'

/** Collects what is told by all processes. */
export class Recorder {
  readonly #events: Event[] = []
  readonly #claims = new Map<string, Claim>()

  note(by: string, happening: Happening, at = bootTime()): void {
    this.#events.push({ ...happening, at, by })
  }

  /** Claims grow: the last report of each is the whole of it. */
  add({ events, claims }: Report): void {
    this.#events.push(...events)
    for (const claim of claims) this.#claims.set(claim.id, claim)
  }

  history(bounds: Bounds): History {
    return { events: [...this.#events].sort((a, b) => a.at - b.at), claims: [...this.#claims.values()], bounds }
  }
}
