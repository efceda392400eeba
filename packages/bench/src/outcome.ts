import { renderTable } from '@muster/cli'

/** What one benchmark found: a ratio to a peer measured in the same run, so that the machine cancels out. */
export interface Outcome {
  /** What was measured against what. */
  readonly what: string
  readonly ratio: number
  /** Between these lie the ratios of most runs. */
  readonly spread: readonly [low: number, high: number]
  readonly bar: { readonly atMost: number } | { readonly atLeast: number }
  /** The numbers behind the ratio; they hold for this machine only. */
  readonly here: string
}

export function isMet({ ratio, bar }: Outcome): boolean {
  return 'atMost' in bar ? ratio <= bar.atMost : ratio >= bar.atLeast
}

const times = (ratio: number): string => `${ratio.toFixed(2)}x`

/** A table of the ratios and their bars, then the numbers behind them. */
export async function report(outcomes: readonly Outcome[]): Promise<string> {
  const rows = outcomes.map((outcome) => {
    const { what, ratio, spread, bar } = outcome
    return [what, times(ratio), spread.map(times).join(' to '), 'atMost' in bar ? `at most ${times(bar.atMost)}` : `at least ${times(bar.atLeast)}`, isMet(outcome) ? 'met' : 'missed']
  })
  const table = await renderTable(['Measured', 'Ratio', 'Spread', 'Bar', 'Result'], rows)
  return `${table}${outcomes.map(({ what, here }) => `${what}: ${here}\n`).join('')}`
}
