import { differences } from '@muster/common'

import type { Topic } from './topic.js'

/** What happened between two states, by identity: first what went, then what came, then whose row differs. */
export function diffRows<Row, Change>({ came, went, changed }: Topic<Row, Change>, before: ReadonlyMap<string, Row>, after: ReadonlyMap<string, Row>): Change[] {
  const { added, removed, changed: pairs } = differences(before, after, isSameRow)
  return [...removed.map((row) => went(row)), ...added.map((row) => came(row)), ...pairs.map((pair) => changed(pair.after, pair.before))]
}

/** Compares everything a row says, also what a newer server adds; servers write the keys in one order. */
const isSameRow = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
