import { readdir, stat } from 'node:fs/promises'

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

let registry: Registry | undefined

/** What is open, by kind: to count it takes longer than all the rest where there are thousands of connections, of which svc_connections tells. */
const resources = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources']

const openFiles = 'process_open_fds'

/** Linux from 6.2 on says it; else all of them are read. */
async function countNames(folder: string): Promise<number> {
  const { size } = await stat(folder)
  return size > 0 ? size : (await readdir(folder)).length
}

/** As by default, but not on this thread, which would read the names of thousands of connections meanwhile. Without /proc it stays away. */
function countOpenFiles(registry: Registry): void {
  registry.removeSingleMetric(openFiles)
  new Gauge({
    name: openFiles,
    help: 'Number of open file descriptors',
    registers: [registry],
    async collect() {
      const count = await countNames('/proc/self/fd').catch(() => undefined)
      if (count === undefined) this.reset()
      else this.set(count)
    },
  })
}

/** CPU, memory, event loop and garbage collection of this process: observed once, however many apps there are in it. */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
    countOpenFiles(registry)
    for (const name of resources) for (const counted of [name, `${name}_total`]) registry.removeSingleMetric(counted)
  }
  return registry
}
