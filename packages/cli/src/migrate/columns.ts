import type { Column } from '../output/list-printer.js'
import { down } from '../output/marks.js'
import type { Mark } from '../output/marks.js'
import type { Row } from './plan.js'

const marksOfOutcomes: ReadonlyMap<string, Mark> = new Map([['failed', down], ['differs', down], ['skipped', down]])

/** What is told of a service that is carried over. */
export const rowColumns: readonly Column<Row>[] = [
  { title: 'Type', value: ({ type }) => type },
  { title: 'Host', value: ({ host }) => host },
  { title: 'Uuid', value: ({ uuid }) => uuid },
  { title: 'Outcome', value: ({ outcome }) => outcome, inTable: ({ outcome }) => outcome, marks: (text) => marksOfOutcomes.get(text) },
  { title: 'Detail', value: ({ detail }) => detail || null },
]
