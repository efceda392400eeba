import type { Difference } from '@muster/notifications'

import type { Column } from '../output/list-printer.js'
import { colours } from '../output/marks.js'
import { shortTime } from './change-columns.js'
import { describeWhat, describeWhy, serviceOf, whoDid } from './what.js'

const howOf = ({ before, after }: Difference): 'added' | 'removed' | 'changed' => (before === null ? 'added' : after === null ? 'removed' : 'changed')

const signs = { added: '+', removed: '-', changed: '~' } as const
const colourOfSign: Readonly<Record<string, number>> = { '+': colours.green, '-': colours.red, '~': colours.yellow }

/** `+`, `-` or `~`, which colours the row. */
export const sign: Column<Difference> = {
  title: ' ',
  value: (difference) => signs[howOf(difference)],
  marks: (text) => (colourOfSign[text] === undefined ? undefined : { glyph: '', colour: colourOfSign[text] }),
}

const whatOf = ({ before, after, last: { reason } }: Difference): string => describeWhat({ before, after, reason, gap: null })
const kindOf = ({ last }: Difference): string => last.kind.split('.')[0] ?? ''

const at: Column<Difference> = { title: 'At', value: ({ last }) => last.at, inTable: ({ last }) => shortTime(last.at) }

/** What is told of a difference. */
export const differenceColumns: readonly Column<Difference>[] = [
  { title: 'Change', value: howOf },
  { title: 'Of', value: kindOf },
  { title: 'Type', value: ({ last }) => last.type },
  { title: 'Host', value: ({ last }) => last.host },
  { title: 'What', value: whatOf },
  { title: 'Cause', value: ({ last }) => last.cause },
  { title: 'Actor', value: ({ last }) => last.actor, inTable: ({ last }) => whoDid(last) },
  { title: 'Reason', value: ({ last }) => last.reason },
  at,
  { title: 'Changes', value: ({ changes }) => changes, onRequest: true },
  { title: 'Seq', value: ({ last }) => last.seq, onRequest: true },
]

/** The same for a narrow terminal. */
export const narrowDifferenceColumns: readonly Column<Difference>[] = [
  { title: 'Service', value: ({ last }) => serviceOf(last) },
  { title: 'What', value: (difference) => `${kindOf(difference) === 'worker' ? 'worker ' : ''}${whatOf(difference)} (${describeWhy(difference.last)})` },
  at,
]
