import type { Difference } from '@muster/notifications'

import type { Column } from '../output/list-printer.js'
import { colours } from '../output/marks.js'
import { describeWhat, isService } from './what.js'

const howOf = ({ before, after }: Difference): 'added' | 'removed' | 'changed' => (before === null ? 'added' : after === null ? 'removed' : 'changed')

const signs = { added: '+', removed: '-', changed: '~' } as const
const colourOfSign: Readonly<Record<string, number>> = { '+': colours.green, '-': colours.red, '~': colours.yellow }

/** `+`, `-` or `~`, which colours the row. */
export const sign: Column<Difference> = {
  title: ' ',
  value: (difference) => signs[howOf(difference)],
  marks: (text) => (colourOfSign[text] === undefined ? undefined : { glyph: '', colour: colourOfSign[text] }),
}

/** What is told of a difference. */
export const differenceColumns: readonly Column<Difference>[] = [
  { title: 'Change', value: howOf },
  { title: 'Of', value: ({ before, after, last }) => ((after ?? before) === null || last.kind === 'gap' ? null : isService((after ?? before)!) ? 'service' : 'worker') },
  { title: 'Type', value: ({ last }) => last.type },
  { title: 'Host', value: ({ last }) => last.host },
  { title: 'What', value: ({ before, after }) => describeWhat({ before, after, gap: null }) },
  { title: 'Cause', value: ({ last }) => last.cause },
  { title: 'Actor', value: ({ last }) => last.actor },
  { title: 'Reason', value: ({ last }) => last.reason },
  { title: 'At', value: ({ last }) => last.at, inTable: ({ last }) => last.at.slice(5, 19).replace('T', ' ') },
  { title: 'Changes', value: ({ changes }) => changes, onRequest: true },
  { title: 'Seq', value: ({ last }) => last.seq, onRequest: true },
]
