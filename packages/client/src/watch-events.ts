import type { Worker } from '@muster/servicegroup'

import { isObject } from './is-object.js'
import { isWorker } from './rows.js'

/** An event of `GET /v1/watch`, as far as it is read here. */
export type WatchEvent =
  /** Some of the workers there are. */
  | { readonly type: 'snapshot'; readonly workers: readonly Worker[] }
  /** What was told so far does not count; a snapshot follows. */
  | { readonly type: 'reset' }
  /** A worker as it is now; without `worker` it is gone. */
  | { readonly type: 'change'; readonly id: string; readonly before: Worker | undefined; readonly worker: Worker | undefined; readonly rejoined: boolean }
  /** Everything up to here has been told. */
  | { readonly type: 'synced'; readonly id: string }
  /** How far the server can vouch for what it tells. */
  | { readonly type: 'stale' | 'unavailable' | 'current'; readonly asOf: string | null }

/** Reads one event; undefined for one that only newer clients know. @throws SyntaxError when it is not as it should be */
export function parseWatchEvent({ event = '', id = '', data }: { event?: string | undefined; id?: string | undefined; data: string }): WatchEvent | undefined {
  switch (event) {
    case 'snapshot':
      return { type: event, workers: rowsOf(JSON.parse(data)) }
    case 'reset':
      return { type: event }
    case 'change':
      return { type: event, id, ...changeOf(JSON.parse(data)) }
    case 'synced':
      return { type: event, id }
    case 'stale':
    case 'unavailable':
    case 'current':
      return { type: event, asOf: asOfOf(JSON.parse(data)) }
    default:
      return undefined
  }
}

function rowsOf(content: unknown): readonly Worker[] {
  if (Array.isArray(content) && content.every(isWorker)) return content
  throw new SyntaxError('a snapshot that is no list of workers')
}

function changeOf(content: unknown): { before: Worker | undefined; worker: Worker | undefined; rejoined: boolean } {
  const { before, worker, rejoined } = isObject(content) ? content : {}
  const isRow = (row: unknown): row is Worker | undefined => row === undefined || isWorker(row)
  if (isRow(before) && isRow(worker) && (before ?? worker) !== undefined) return { before, worker, rejoined: rejoined === true }
  throw new SyntaxError('a change that is none of a worker')
}

function asOfOf(content: unknown): string | null {
  return isObject(content) && typeof content.asOf === 'string' ? content.asOf : null
}
