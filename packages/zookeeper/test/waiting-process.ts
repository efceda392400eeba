// node waiting-process.js ENDPOINT: 120,000 calls while nothing listens there, in a process whose memory is theirs alone.
import { collectGarbage } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'

const [endpoint = ''] = process.argv.slice(2)
const zk = createClient(endpoint, { sessionTimeoutMs: 60_000 })
const outcomes: Record<string, number> = {}
const note = (outcome: string): void => void (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1)
const calls: Promise<void>[] = []
const usedBytes = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const before = usedBytes()
for (let count = 0; count < 120_000; count += 1) {
  calls.push(zk.setData('/somewhere', Buffer.alloc(0)).then(() => note('done'), (error: unknown) => note((error as { code: string }).code)))
}
await Promise.all(calls.slice(100_000))
const whileWaiting = { ...outcomes }
const heapBytes = usedBytes() - before
await Promise.all([zk.close(), ...calls])
console.log(JSON.stringify({ whileWaiting, heapBytes, outcomes }))
