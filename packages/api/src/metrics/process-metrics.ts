import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/** What is open, by kind: to count it takes longer than all the rest where there are thousands of connections, of which svc_connections tells. */
const resources = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources']

/** CPU, memory, event loop and garbage collection of this process: observed once, however many apps there are in it. */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
    for (const name of resources) for (const counted of [name, `${name}_total`]) registry.removeSingleMetric(counted)
  }
  return registry
}
