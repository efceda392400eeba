import type { Worker } from '@muster/servicegroup'

/** A worker's state as people read it: `up`, and `up (lag 4.2s)` while its event loop is blocked for seconds at a stretch. */
export function stateText({ state, lagMs }: Worker): string {
  return lagMs === undefined ? state : `${state} (lag ${(lagMs / 1000).toFixed(1)}s)`
}
