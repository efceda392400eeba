import type { Trust } from '../freshness.js'

// Events as bytes. @see https://html.spec.whatwg.org/multipage/server-sent-events.html; JSON has no line breaks, so one data line holds it.

const encode = (lines: string): Buffer => Buffer.from(`${lines}\n\n`)

/** Says nothing; shows that the server lives. */
export const heartbeat = encode(':')

/** How long a client may take before it comes back. */
export const retry = (ms: number): Buffer => encode(`retry: ${ms}`)

/** Some of the rows there are, each as JSON. */
export const snapshot = (rows: readonly string[]): Buffer => encode(`event: snapshot\ndata: [${rows.join(',')}]`)

/** All has been told up to here. */
export const synced = (id: string): Buffer => encode(`event: synced\nid: ${id}\ndata: {}`)

/** `json`: what has changed. */
export const change = (id: string, json: string): Buffer => encode(`event: change\nid: ${id}\ndata: ${json}`)

/** What was told does not count any more, a snapshot follows. The empty id makes a client that is cut off now begin anew. */
export const reset = (reason: string): Buffer => encode(`event: reset\nid:\ndata: ${JSON.stringify({ reason })}`)

/** How far what is told may be trusted from now on. `asOf`: wall time in ms when it was last known to be true; NaN if never. */
export function trusted(trust: Trust, asOf: number): Buffer {
  const name = trust.kind === 'none' ? 'unavailable' : trust.kind
  const told = { asOf: Number.isNaN(asOf) ? null : new Date(asOf).toISOString(), ...(trust.kind === 'none' && { reason: trust.reason }) }
  return encode(`event: ${name}\ndata: ${JSON.stringify(told)}`)
}
