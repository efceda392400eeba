import type { Change } from '@muster/notifications'

import type { Column } from '../output/list-printer.js'
import { colours } from '../output/marks.js'
import type { Marks } from '../output/marks.js'
import { describeWhat } from './what.js'

const colourOfKind: Readonly<Record<string, number>> = {
  'service.created': colours.green,
  'worker.joined': colours.green,
  'service.deleted': colours.red,
  'worker.left': colours.red,
  gap: colours.red,
}

const kindMarks: Marks = (kind) => (colourOfKind[kind] === undefined ? undefined : { glyph: kind === 'gap' ? '!' : '', colour: colourOfKind[kind] })

const whatMarks: Marks = (text) => {
  const [, to] = /\bstate \w+ -> (\w+)/.exec(text) ?? []
  return to === undefined ? undefined : { glyph: '', colour: to === 'up' ? colours.green : colours.red }
}

/** For people: `11-28 15:04:05`, UTC. */
const shortTime = (at: string): string => at.slice(5, 19).replace('T', ' ')

/** What is told of a change. */
export const changeColumns: readonly Column<Change>[] = [
  { title: 'Seq', value: ({ seq }) => seq },
  { title: 'At', value: ({ at }) => at, inTable: ({ at }) => shortTime(at) },
  { title: 'Change', value: ({ kind }) => kind, marks: kindMarks },
  { title: 'Type', value: ({ type }) => type },
  { title: 'Host', value: ({ host }) => host },
  { title: 'Cause', value: ({ cause, massLoss }) => (massLoss ? `${cause}, mass loss` : cause) },
  { title: 'Actor', value: ({ actor }) => actor },
  { title: 'Reason', value: ({ reason }) => reason },
  { title: 'What', value: describeWhat, marks: whatMarks },
  { title: 'Uuid', value: ({ uuid }) => uuid, onRequest: true },
  { title: 'Group', value: ({ group }) => group, onRequest: true },
  { title: 'Member Id', value: ({ memberId }) => memberId, onRequest: true },
  { title: 'Source', value: ({ source }) => source, onRequest: true },
  { title: 'Id', value: ({ id }) => id, onRequest: true },
]
