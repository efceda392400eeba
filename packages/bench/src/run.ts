import { measureHttp } from './http.js'
import { measureList } from './list.js'
import { isMet, report } from './outcome.js'
import type { Outcome } from './outcome.js'

const benchmarks: Readonly<Record<string, () => Promise<Outcome>>> = { list: measureList, http: measureHttp }

/**
 * Runs the benchmarks of these names, one after another, or all of them, and prints what they found. Resolves to true
 * when every bar is met; rejects for a name that is none.
 */
export async function runBenchmarks(names: readonly string[]): Promise<boolean> {
  const known = Object.keys(benchmarks)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`There is no benchmark '${unknown}', only ${known.join(' and ')}`)
  const outcomes: Outcome[] = []
  for (const [name, measure] of Object.entries(benchmarks)) {
    if (names.length === 0 || names.includes(name)) outcomes.push(await measure())
  }
  process.stdout.write(await report(outcomes))
  return outcomes.every(isMet)
}
