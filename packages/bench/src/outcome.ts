import { renderTable } from '@muster/cli'

/** What one benchmark found: mostly a ratio to a peer measured in the same run, so that the machine cancels out. */
export interface Outcome {
  /** What was measured against what. */
  readonly what: string
  readonly value: number
  /** Between these lie the values of most runs. */
  readonly spread: readonly [low: number, high: number]
  /** Default: `x`, a ratio. Another one is for what is the same on every machine. */
  readonly unit?: string
  readonly bar: { readonly atMost: number } | { readonly atLeast: number }
  /** The numbers behind the value; they hold for this machine only. */
  readonly here: string
}

export function isMet({ value, bar }: Outcome): boolean {
  return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast
}

/** A table of the values and their bars, then the numbers behind them. */
export async function report(outcomes: readonly Outcome[]): Promise<string> {
  const rows = outcomes.map((outcome) => {
    const { what, value, spread, unit = 'x', bar } = outcome
    const tell = (number: number): string => `${number.toFixed(unit === 'x' ? 2 : 0)}${unit}`
    return [what, tell(value), spread.map(tell).join(' to '), 'atMost' in bar ? `at most ${tell(bar.atMost)}` : `at least ${tell(bar.atLeast)}`, isMet(outcome) ? 'met' : 'missed']
  })
  const table = await renderTable({ titles: ['Measured', 'Value', 'Spread', 'Bar', 'Result'], rows })
  return `${table}${outcomes.map(({ what, here }) => `${what}: ${here}\n`).join('')}`
}
