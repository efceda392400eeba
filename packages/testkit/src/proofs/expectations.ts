import type { Worker } from '@muster/servicegroup'

/** What the proof knows of one stay in a group, by its own clock; undefined is not yet. */
interface StayTimes {
  readonly pid: number
  memberId?: string
  joinedAt?: number
  /** From here on it may be gone. */
  endingAt?: number
  leftAt?: number
  diedAt?: number
}

/** One stay, told as it happens. */
export interface Stay {
  joined(memberId: string): void
  leaving(): void
  left(): void
  dying(): void
  dead(): void
}

/** Keeps what lists must and must not show, and finds what they show wrongly. */
export class Expectations {
  readonly #boundMs: number
  readonly #stays = new Set<StayTimes>()

  constructor(boundMs: number) {
    this.#boundMs = boundMs
  }

  /** A process has been told to join. */
  join(pid: number): Stay {
    const stay: StayTimes = { pid }
    this.#stays.add(stay)
    const ending = (): void => {
      stay.endingAt = performance.now()
    }
    return {
      joined: (memberId) => {
        stay.memberId = memberId
        stay.joinedAt = performance.now()
      },
      leaving: ending,
      left: () => {
        stay.leftAt = performance.now()
      },
      dying: ending,
      dead: () => {
        stay.diedAt = performance.now()
      },
    }
  }

  /** A list is exact: who has joined before it was asked for is there, who has left is not; only the dead have the bound. */
  wrongInList(listed: readonly Worker[], askedAt: number, answeredAt: number): string[] {
    return this.#wrong('list', listed, {
      mustShow: ({ joinedAt = Infinity, endingAt = Infinity }) => joinedAt < askedAt && endingAt > answeredAt,
      mayShow: ({ leftAt = Infinity, diedAt = Infinity }) => leftAt > askedAt && diedAt + this.#boundMs > askedAt,
    })
  }

  /** A watch may lag by the bound. */
  wrongInWatch(watched: readonly Worker[], now: number): string[] {
    return this.#wrong('watch', watched, {
      mustShow: ({ joinedAt = Infinity, endingAt = Infinity }) => joinedAt + this.#boundMs < now && endingAt > now,
      mayShow: ({ leftAt = Infinity, diedAt = Infinity }) => Math.min(leftAt, diedAt) + this.#boundMs > now,
    })
  }

  #wrong(what: string, shown: readonly Worker[], rule: { mustShow: (stay: StayTimes) => boolean; mayShow: (stay: StayTimes) => boolean }): string[] {
    const shownIds = new Set(shown.map(({ memberId }) => memberId))
    const missing = [...this.#stays].filter((stay) => stay.memberId !== undefined && rule.mustShow(stay) && !shownIds.has(stay.memberId))
    const allowed = [...this.#stays].filter(rule.mayShow)
    // Whoever is on its way in, or was killed there, is known by its process alone.
    const extra = shown.filter(({ memberId, process }) => !allowed.some((stay) => (stay.memberId === undefined ? stay.pid === process : stay.memberId === memberId)))
    return [...missing.map(({ pid }) => `${what}: process ${pid} is alive and missing`), ...extra.map(({ memberId, process }) => `${what}: process ${process ?? 'unknown'} is gone and shown${this.#since(memberId)}`)]
  }

  #since(memberId: string): string {
    const { leftAt, diedAt } = [...this.#stays].find((stay) => stay.memberId === memberId) ?? {}
    const since = (what: string, at: number | undefined): string => (at === undefined ? '' : `, ${Math.round(performance.now() - at)} ms after it ${what}`)
    return since('left', leftAt) + since('died', diedAt)
  }
}
