import type { Worker, WorkerChange } from '@muster/servicegroup'

import type { Trust } from '../freshness.js'
import { workerJson } from '../worker-json.js'

// Events as bytes. @see https://html.spec.whatwg.org/multipage/server-sent-events.html; JSON has no line breaks, so one data line holds it.

const encode = (lines: string): Buffer => Buffer.from(`${lines}\n\n`)

/** Says nothing; shows that the server lives. */
export const heartbeat = encode(':')

/** How long a client may take before it comes back. */
export const retry = (ms: number): Buffer => encode(`retry: ${ms}`)

/** Some of the workers there are. */
export const snapshot = (workers: readonly Worker[]): Buffer => encode(`event: snapshot\ndata: [${workers.map(workerJson).join(',')}]`)

/** All has been told up to here. */
export const synced = (id: string): Buffer => encode(`event: synced\nid: ${id}\ndata: {}`)

export const change = (id: string, what: WorkerChange): Buffer => encode(`event: change\nid: ${id}\ndata: ${changeJson(what)}`)

function changeJson(what: WorkerChange): string {
  switch (what.type) {
    case 'joined':
      return `{"type":"joined","worker":${workerJson(what.worker)}}`
    case 'left':
      return `{"type":"left","before":${workerJson(what.before)}}`
    case 'updated':
      return `{"type":"updated","worker":${workerJson(what.worker)},"before":${workerJson(what.before)},"rejoined":${String(what.rejoined)}}`
  }
}

/** What was told does not count any more, a snapshot follows. The empty id makes a client that is cut off now begin anew. */
export const reset = (reason: string): Buffer => encode(`event: reset\nid:\ndata: ${JSON.stringify({ reason })}`)

/** How far what is told may be trusted from now on. `asOf`: wall time in ms when it was last known to be true; NaN if never. */
export function trusted(trust: Trust, asOf: number): Buffer {
  const name = trust.kind === 'none' ? 'unavailable' : trust.kind
  const told = { asOf: Number.isNaN(asOf) ? null : new Date(asOf).toISOString(), ...(trust.kind === 'none' && { reason: trust.reason }) }
  return encode(`event: ${name}\ndata: ${JSON.stringify(told)}`)
}
