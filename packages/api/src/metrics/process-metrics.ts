import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/** CPU, memory, event loop and garbage collection of this process: observed once, however many apps there are in it. */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry
}
