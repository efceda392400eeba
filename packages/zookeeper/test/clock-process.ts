// Keeps a session for two timeouts while the wall clock jumps by months, to and fro, each time anybody looks at it.
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

const timeoutMs = 1000
const monthMs = 30 * 24 * 3600 * 1000
const RealDate = Date
const begin = Date.now()
const years = new Set<number>()
let jumps = 0

class JumpingDate extends RealDate {
  constructor(...given: [] | [number | string]) {
    super(given[0] ?? JumpingDate.now())
  }

  static override now(): number {
    jumps += 1
    const now = begin + (jumps % 2 === 0 ? 1 : -1) * (jumps % 200) * monthMs
    years.add(new RealDate(now).getFullYear())
    return now
  }
}
globalThis.Date = JumpingDate as DateConstructor

const { createClient } = await import('@muster/zookeeper')
const zk = createClient(process.argv[2] ?? '', { sessionTimeoutMs: timeoutMs })
const states: string[] = []
zk.onState(({ state, epoch }) => states.push(`${state} ${epoch}`))
await zk.create('/jumping', { mode: 'ephemeral' })
for (const until = performance.now() + 2 * timeoutMs; performance.now() < until; ) {
  await zk.exists('/jumping')
  new Date()
  await delay(timeoutMs / 20)
}
const told = states.join(', ')
if ((await zk.exists('/jumping'))?.ephemeralOwner !== zk.sessionId) throw new Error('the session was not kept')
await zk.close()
console.log(`states: ${told}; years: ${years.size}`)
