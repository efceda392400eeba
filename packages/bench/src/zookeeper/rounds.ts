import { quantile } from '../ratios.js'

/** What one contestant was measured at. */
export interface Results<Result> {
  /** In the first round, which does not count: Node has not compiled anything yet. */
  readonly first: Result
  readonly counted: readonly Result[]
}

/** Lets each of them run once a round, one after the other: a first time, and then in so many rounds that count. */
export async function runInTurn<Name extends string, Result>(rounds: number, runs: Readonly<Record<Name, () => Promise<Result>>>): Promise<Record<Name, Results<Result>>> {
  const names = Object.keys(runs) as Name[]
  const results: Partial<Record<Name, { first: Result; counted: Result[] }>> = {}
  for (const name of names) results[name] = { first: await runs[name](), counted: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results[name]?.counted.push(await runs[name]())
  }
  return results as Record<Name, Results<Result>>
}

/** The medians, with their names. */
export function tellMedians(samples: Readonly<Record<string, readonly number[]>>, unit: string, digits = 0): string {
  return Object.entries(samples)
    .map(([name, sample]) => `${name} ${quantile(sample, 0.5).toFixed(digits)} ${unit}`)
    .join(', ')
}

/** The medians of what counts, and what each was at first. */
export function tellTimes(results: Readonly<Record<string, Results<number>>>): string {
  const medians = Object.fromEntries(Object.entries(results).map(([name, { counted }]) => [name, counted]))
  const firsts = Object.entries(results).map(([name, { first }]) => `${name} ${first.toFixed(0)} ms`)
  return `${tellMedians(medians, 'ms')}; at first ${firsts.join(', ')}`
}
