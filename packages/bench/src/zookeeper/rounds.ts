import { quantile } from '../ratios.js'

type Runs<Name extends string, Result> = Readonly<Record<Name, (round: number) => Promise<Result>>>

/** Lets each of them run once a round, one after the other; the results of each in the order of the rounds. */
export async function runInTurn<Name extends string, Result>(rounds: number, runs: Runs<Name, Result>): Promise<Record<Name, Result[]>> {
  const names = Object.keys(runs) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results[name].push(await runs[name](round))
  }
  return results
}

/** The medians, with their names. */
export function tellMedians(samples: Readonly<Record<string, readonly number[]>>, unit: string, digits = 0): string {
  return Object.entries(samples)
    .map(([name, sample]) => `${name} ${quantile(sample, 0.5).toFixed(digits)} ${unit}`)
    .join(', ')
}
