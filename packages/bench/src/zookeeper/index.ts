import { providePythonSystems } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import type { Finding } from '../results.js'
import { measureCreate } from './create.js'
import { measureGrowth } from './growth.js'
import { measureJoin } from './join.js'
import { measureLatency } from './latency.js'
import { measureLargeList, measureList } from './list.js'
import { measureLock } from './lock.js'
import { measureWatch } from './watch.js'

const measurements = {
  'zookeeper-list': measureList,
  'zookeeper-list-100k': measureLargeList,
  'zookeeper-create': measureCreate,
  'zookeeper-join': measureJoin,
  'zookeeper-watch': measureWatch,
  'zookeeper-latency': measureLatency,
  'zookeeper-lock': measureLock,
  'zookeeper-growth': measureGrowth,
}

/** By name; each looks for the peers first. */
export const zookeeperBenchmarks: Readonly<Record<string, () => Promise<Outcome[] | Finding>>> = Object.fromEntries(
  Object.entries(measurements).map(([name, measure]) => [
    name,
    async () => {
      await providePythonSystems((line) => process.stderr.write(`${line}\n`))
      return await measure()
    },
  ]),
)
