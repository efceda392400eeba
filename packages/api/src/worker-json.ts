import type { Worker } from '@muster/servicegroup'

const texts = new WeakMap<Worker, string>()

/** A worker as it goes over the wire: its keys in their order, and no others. Made once for each row of a view, however often it is told. */
export function workerJson(worker: Worker): string {
  let text = texts.get(worker)
  if (text === undefined) {
    const { name, hostname, process, created, group, type, state, region, zone, version, labels, memberId, incarnation, uuid, lagMs } = worker
    text = JSON.stringify({ name, hostname, process, created, group, type, state, region, zone, version, labels, memberId, incarnation, uuid, lagMs })
    texts.set(worker, text)
  }
  return text
}
