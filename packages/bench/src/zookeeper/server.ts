import { startZooKeeper } from '@muster/testkit'
import type { ZooKeeperServer } from '@muster/testkit'

/** What HotSpot reads after the command line: a test's server is told there to do without its second compiler, no server of a user is. */
const variable = '_JAVA_OPTIONS'
const options = '-XX:TieredStopAtLevel=4'

/** Starts a server for benchmarks, compiled as those of users are. */
export async function startBenchServer(heapMb = 1024): Promise<ZooKeeperServer> {
  const before = process.env[variable]
  process.env[variable] = before === undefined ? options : `${before} ${options}`
  try {
    return await startZooKeeper({ heapMb })
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, variable)
    else process.env[variable] = before
  }
}
