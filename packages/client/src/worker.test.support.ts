import type { Worker } from '@muster/servicegroup'

/** A worker of which only the id matters. */
export function worker(memberId: string, more: Partial<Worker> = {}): Worker {
  const absent = { hostname: null, process: null, created: null, type: null, region: null, zone: null, version: null }
  return { name: memberId, ...absent, group: 'g', state: 'up', labels: {}, memberId, incarnation: 1, uuid: null, ...more }
}
