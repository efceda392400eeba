import { applyPatch } from './service-patch.js'
import { stateOf } from './service-state.js'
import type { Service, ServicePatch } from './service.js'

/**
 * The service as `update` with this patch would leave it, times and index apart; the same object if it would change nothing.
 * `workers`: how many live. `now`: wall time in ms. @throws InvalidArgument as `update` does
 */
export function previewUpdate(service: Service, patch: ServicePatch, workers: number, now = Date.now()): Service {
  const after = { ...service, ...applyPatch(service, patch, now) }
  return JSON.stringify(after) === JSON.stringify(service) ? service : { ...after, ...stateOf(after, workers, now) }
}
