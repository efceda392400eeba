import type { Service } from '@muster/servicegroup'

import type { Column } from '../output/list-printer.js'
import { stateMarks } from '../output/marks.js'

/** As the history knows it: its record's own times and index are not kept there. */
export type Observed = Omit<Service, 'createdAt' | 'updatedAt' | 'index'>

const whatItIs: readonly Column<Observed>[] = [
  { title: 'Uuid', value: ({ uuid }) => uuid, isDetail: true },
  { title: 'Type', value: ({ type }) => type },
  { title: 'Host', value: ({ host }) => host },
  { title: 'Zone', value: ({ zone }) => zone },
  { title: 'Status', value: ({ status }) => status },
  { title: 'State', value: ({ state }) => state, inTable: ({ state }) => state, marks: stateMarks },
]

const whatIsDecided: readonly Column<Observed>[] = [
  { title: 'Disabled Reason', value: ({ disabledReason }) => disabledReason },
  { title: 'Forced Down', value: ({ forcedDown }) => forcedDown },
  { title: 'Region', value: ({ region }) => region, onRequest: true },
  { title: 'Topic', value: ({ topic }) => topic, onRequest: true },
  { title: 'Effective', value: ({ effective }) => effective, marks: stateMarks, onRequest: true },
  { title: 'Maintenance', value: ({ maintenance }) => maintenance && withoutNull({ ...maintenance }), onRequest: true },
  { title: 'Version', value: ({ version }) => version, onRequest: true },
]

const whatIsCounted: readonly Column<Observed>[] = [
  { title: 'Last Seen Up', value: ({ lastSeenUp }) => lastSeenUp, onRequest: true },
  { title: 'Report Count', value: ({ reportCount }) => reportCount, onRequest: true },
]

/** What is told of a service in the past. */
export const observedColumns: readonly Column<Observed>[] = [...whatItIs, ...whatIsDecided, ...whatIsCounted]

/** What is told of a service. */
export const serviceColumns: readonly Column<Service>[] = [
  ...whatItIs,
  { title: 'Updated At', value: ({ updatedAt }) => updatedAt },
  ...whatIsDecided,
  { title: 'Created At', value: ({ createdAt }) => createdAt, onRequest: true },
  ...whatIsCounted,
  { title: 'Index', value: ({ index }) => index, onRequest: true },
]

function withoutNull(record: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
}

/** How a service is written for people, and named as a target. */
export const nameOf = ({ type, host }: Pick<Service, 'type' | 'host'>): string => `${type}@${host}`
