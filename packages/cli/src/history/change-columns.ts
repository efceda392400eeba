import type { Change } from '@muster/notifications'

import type { Io } from '../io.js'
import type { Column } from '../output/list-printer.js'
import { colours } from '../output/marks.js'
import type { Marks } from '../output/marks.js'
import type { OutputArguments } from '../output/options.js'
import { describeChange, describeWhat, serviceOf, whoDid } from './what.js'

const colourOfKind: Readonly<Record<string, number>> = {
  'service.created': colours.green,
  'worker.joined': colours.green,
  'service.deleted': colours.red,
  'worker.left': colours.red,
  gap: colours.red,
}

const kindMarks: Marks = (kind) => (colourOfKind[kind] === undefined ? undefined : { glyph: kind === 'gap' ? '!' : '', colour: colourOfKind[kind] })

/** Of what has happened in words. */
export const whatMarks: Marks = (text) => {
  if (/\bstate \w+ -> up\b|^(worker joined|created):/.test(text)) return { glyph: '', colour: colours.green }
  if (/\bstate \w+ -> down\b|^(worker left|deleted):|\bmissing\b/.test(text)) return { glyph: '', colour: colours.red }
  return undefined
}

/** For people: `11-28 15:04:05`, UTC. */
export const shortTime = (at: string): string => at.slice(5, 19).replace('T', ' ')

const seqAndTime: readonly Column<Change>[] = [
  { title: 'Seq', value: ({ seq }) => seq },
  { title: 'At', value: ({ at }) => at, inTable: ({ at }) => shortTime(at) },
]

/** What is told of a change. */
export const changeColumns: readonly Column<Change>[] = [
  ...seqAndTime,
  { title: 'Change', value: ({ kind }) => kind, marks: kindMarks },
  { title: 'Type', value: ({ type }) => type },
  { title: 'Host', value: ({ host }) => host },
  { title: 'Cause', value: ({ cause, massLoss }) => (massLoss ? `${cause}, mass loss` : cause) },
  { title: 'Actor', value: ({ actor }) => actor, inTable: whoDid },
  { title: 'Reason', value: ({ reason }) => reason },
  { title: 'What', value: describeWhat, marks: whatMarks },
  { title: 'Uuid', value: ({ uuid }) => uuid, onRequest: true },
  { title: 'Group', value: ({ group }) => group, onRequest: true },
  { title: 'Member Id', value: ({ memberId }) => memberId, onRequest: true },
  { title: 'Source', value: ({ source }) => source, onRequest: true },
  { title: 'Id', value: ({ id }) => id, onRequest: true },
]

/** The same for a narrow terminal, where so many columns would be cut to pieces. */
export const narrowChangeColumns: readonly Column<Change>[] = [
  ...seqAndTime,
  { title: 'Service', value: serviceOf },
  { title: 'What', value: describeChange, marks: whatMarks },
]

const wideEnough = 110

/** True for a table on a terminal that has no room for all columns, unless some were asked for. */
export const isNarrow = ({ format, column }: Pick<OutputArguments, 'format' | 'column'>, { columns }: Pick<Io, 'columns'>): boolean =>
  format === 'table' && column === undefined && columns !== undefined && columns > 0 && columns < wideEnough
