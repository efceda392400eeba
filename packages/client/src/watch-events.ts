import type { EventMessage } from './event-stream.js'
import { isObject } from './is-object.js'
import type { Topic } from './topic.js'

/** An event of `GET /v1/watch`, as far as it is read here. */
export type WatchEvent<Row> =
  /** Some of the rows there are. */
  | { readonly type: 'snapshot'; readonly rows: readonly Row[] }
  /** What was told so far does not count; a snapshot follows. */
  | { readonly type: 'reset' }
  /** A row as it is now; without `row` it is gone. */
  | { readonly type: 'change'; readonly id: string; readonly before: Row | undefined; readonly row: Row | undefined; readonly rejoined: boolean }
  /** Everything up to here has been told. */
  | { readonly type: 'synced'; readonly id: string }
  /** How far the server can vouch for what it tells. */
  | { readonly type: 'stale' | 'unavailable' | 'current'; readonly asOf: string | null }

type Rows<Row> = Pick<Topic<Row, never>, 'rowKey' | 'isRow'>

/** Reads one event; undefined for one that only newer clients know. @throws SyntaxError when it is not as it should be */
export function parseWatchEvent<Row>(topic: Rows<Row>, { event = '', id = '', data }: EventMessage): WatchEvent<Row> | undefined {
  switch (event) {
    case 'snapshot':
      return { type: event, rows: rowsOf(topic, JSON.parse(data)) }
    case 'reset':
      return { type: event }
    case 'change':
      return { type: event, id, ...changeOf(topic, JSON.parse(data)) }
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

function rowsOf<Row>({ rowKey, isRow }: Rows<Row>, content: unknown): readonly Row[] {
  if (Array.isArray(content) && content.every((row: unknown) => isRow(row))) return content
  throw new SyntaxError(`a snapshot that is no list of ${rowKey}s`)
}

function changeOf<Row>({ rowKey, isRow }: Rows<Row>, content: unknown): { before: Row | undefined; row: Row | undefined; rejoined: boolean } {
  const { before, [rowKey]: row, rejoined } = isObject(content) ? content : {}
  const mayBe = (value: unknown): value is Row | undefined => value === undefined || isRow(value)
  if (mayBe(before) && mayBe(row) && (before ?? row) !== undefined) return { before, row, rejoined: rejoined === true }
  throw new SyntaxError(`a change that is none of a ${rowKey}`)
}

function asOfOf(content: unknown): string | null {
  return isObject(content) && typeof content.asOf === 'string' ? content.asOf : null
}
