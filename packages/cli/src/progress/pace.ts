import type { StepRow } from '@muster/provisioning'

/** The pace of late, where it has been seen for so long at least; else that of the whole step. */
const [lately, atLeast] = [30_000, 2000]

interface Sample {
  readonly at: number
  readonly count: number
}

export const reportedOf = ({ completed, failed }: StepRow): number => completed + failed

/** How many instances a step has said of in a second, as far as it was watched. */
export class Pace {
  readonly #samples = new Map<string, Sample[]>()

  /** `now`: of a clock that only goes forward, ms. */
  see(steps: readonly StepRow[], now: number): void {
    for (const step of steps) {
      if (step.completed_at !== null) this.#samples.delete(step.id)
      else {
        const late = (this.#samples.get(step.id) ?? []).filter(({ at }) => at > now - lately)
        this.#samples.set(step.id, [...late, { at: now, count: reportedOf(step) }])
      }
    }
  }

  /** `elapsedMs`: since it was begun. Undefined while nobody can say. */
  perSecond(step: StepRow, elapsedMs: number): number | undefined {
    const samples = this.#samples.get(step.id) ?? []
    const [first, last] = [samples[0], samples.at(-1)]
    if (first && last && last.at - first.at >= atLeast) return ((last.count - first.count) / (last.at - first.at)) * 1000
    return elapsedMs > 0 ? (reportedOf(step) / elapsedMs) * 1000 : undefined
  }
}
