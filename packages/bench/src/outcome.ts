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

export const tellValue = ({ unit = 'x' }: Outcome, value: number): string => `${value.toFixed(unit === 'x' ? 2 : 0)}${unit}`

export const tellBar = (outcome: Outcome): string => ('atMost' in outcome.bar ? `at most ${tellValue(outcome, outcome.bar.atMost)}` : `at least ${tellValue(outcome, outcome.bar.atLeast)}`)

/** A table of the values and their bars, then the numbers behind them. */
export async function report(outcomes: readonly Outcome[]): Promise<string> {
  const rows = outcomes.map((outcome) => {
    const { what, value, spread } = outcome
    return [what, tellValue(outcome, value), spread.map((end) => tellValue(outcome, end)).join(' to '), tellBar(outcome), isMet(outcome) ? 'met' : 'missed']
  })
  const table = await renderTable({ titles: ['Measured', 'Value', 'Spread', 'Bar', 'Result'], rows })
  return `${table}${outcomes.map(({ what, here }) => `${what}: ${here}\n`).join('')}`
}
