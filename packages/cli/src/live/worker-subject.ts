import { compareWorkers } from '@muster/servicegroup'
import type { Worker, WorkerChange, WorkerFilter } from '@muster/servicegroup'

import { changeLine } from './change-line.js'
import type { Subject } from './subject.js'

const marks = { joined: 'came', left: 'went', updated: 'changed' } as const

/** The live workers that match. */
export const workerSubject = (filter: WorkerFilter): Subject<Worker, WorkerChange> => ({
  one: 'worker',
  many: 'workers',
  filters: '--group, --name, --hostname or --type',
  keyOf: ({ group, memberId }) => `${group}/${memberId}`,
  compare: compareWorkers,
  read: (change) => ({ mark: marks[change.type], row: change.type === 'left' ? change.before : change.worker }),
  describe: changeLine,
  watch: (reader, options) => reader.watchWorkers(filter, options),
})
