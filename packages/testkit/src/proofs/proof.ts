/** One thing that a proof has to show, and what it measured. */
export interface Bar {
  readonly what: string
  readonly measured: string
  readonly bar: string
  readonly met: boolean
  /** Judged by the clock: true on a quiet machine, and so judged by the full form alone. */
  readonly timed?: boolean
}

export interface ProofResult {
  readonly name: string
  /** Repeats the same choices; what the machine does in between is not repeated. */
  readonly seed: number
  readonly bars: readonly Bar[]
}

export interface ProofOptions {
  /** Default: a fresh one, which the result tells. */
  readonly seed?: number | undefined
  /** Gets a line now and then. Default: nothing is said. */
  readonly log?: ((line: string) => void) | undefined
}

/** The value that `share` of the values do not exceed; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.min(sorted.length, Math.ceil(share * sorted.length)) - 1)] ?? NaN
}

/** `which` of the times must be below `limitMs`; the others are told. */
export function fasterThan(what: string, timesMs: readonly number[], which: 'p99' | 'max', limitMs: number): Bar {
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => Math.round(quantile(timesMs, share)))
  const judged = (which === 'p99' ? p99 : max) ?? NaN
  return { what, measured: `p50 ${p50 ?? NaN}, p99 ${p99 ?? NaN}, max ${max ?? NaN} ms of ${timesMs.length}`, bar: `${which} < ${limitMs} ms`, met: judged < limitMs, timed: true }
}

/** None of the times may be below `limitMs`. */
export function notBefore(what: string, timesMs: readonly number[], limitMs: number): Bar {
  const soonest = quantile(timesMs, 0)
  return { what, measured: `soonest ${Math.round(soonest)} ms of ${timesMs.length}`, bar: `>= ${Math.round(limitMs)} ms`, met: soonest >= limitMs, timed: true }
}

/** The bars that a short form missed, on however busy a machine. */
export const missedOutcomes = ({ bars }: ProofResult): readonly Bar[] => bars.filter(({ met, timed }) => !met && timed !== true)

export function exactly(what: string, measured: number, expected: number): Bar {
  return { what, measured: String(measured), bar: String(expected), met: measured === expected }
}

export function atLeast(what: string, measured: number, least: number): Bar {
  return { what, measured: String(measured), bar: `>= ${least}`, met: measured >= least }
}

export function atMost(what: string, measured: number, most: number): Bar {
  return { what, measured: String(measured), bar: `<= ${most}`, met: measured <= most }
}

/** The result as lines of text for a terminal. */
export function toTable({ name, seed, bars }: ProofResult): string {
  const rows = [['', 'what', 'measured', 'bar'], ...bars.map(({ what, measured, bar, met }) => [met ? 'ok' : 'MISSED', what, measured, bar])]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  return [`${name}, seed ${seed}`, ...lines].join('\n')
}
