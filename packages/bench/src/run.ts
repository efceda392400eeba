import { measureDetection } from './detection.js'
import { historyBenchmarks } from './history/index.js'
import { measureHttp } from './http.js'
import { measureList } from './list.js'
import { isMet, report } from './outcome.js'
import type { Outcome } from './outcome.js'
import { provisioningBenchmarks } from './provisioning/index.js'
import { keepResults } from './results.js'
import type { Finding } from './results.js'
import { measureServices } from './services/services.js'
import { measureSse } from './sse/sse.js'
import { zookeeperBenchmarks } from './zookeeper/index.js'

const benchmarks: Readonly<Record<string, () => Promise<readonly Outcome[] | Finding>>> = { list: measureList, http: measureHttp, sse: measureSse, services: measureServices, detection: measureDetection, ...historyBenchmarks, ...provisioningBenchmarks, ...zookeeperBenchmarks }

/**
 * Runs the benchmarks of these names, one after another, or all of them, prints what they found and keeps it in `results`;
 * `zookeeper` means all whose names begin with `zookeeper-`, and so on. Resolves to true when every bar is met; rejects for a name that is none.
 */
export async function runBenchmarks(names: readonly string[]): Promise<boolean> {
  const known = Object.keys(benchmarks)
  const meansIt = (asked: string, name: string): boolean => name === asked || name.startsWith(`${asked}-`)
  const unknown = names.find((asked) => !known.some((name) => meansIt(asked, name)))
  if (unknown !== undefined) throw new Error(`There is no benchmark '${unknown}', only ${known.join(', ')}`)
  const findings: Record<string, Finding> = {}
  for (const [name, measure] of Object.entries(benchmarks)) {
    if (names.length > 0 && !names.some((asked) => meansIt(asked, name))) continue
    process.stderr.write(`measuring ${name}\n`)
    const found = await measure()
    findings[name] = 'outcomes' in found ? found : { outcomes: found }
  }
  await keepResults(findings)
  const outcomes = Object.values(findings).flatMap((finding) => finding.outcomes)
  process.stdout.write(await report(outcomes))
  return outcomes.every(isMet)
}
