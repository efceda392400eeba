import type { Service, ServiceChange, Worker, WorkerChange } from '@muster/servicegroup'

import { isService, isWorker } from './rows.js'

/** What a stream of the server tells of, and what its consumer is told. */
export interface Topic<Row, Change> {
  /** What a row is called in an event. */
  readonly rowKey: string
  readonly isRow: (value: unknown) => value is Row
  /** Two rows with the same one are the same, at two moments. */
  readonly identityOf: (row: Row) => string
  readonly came: (row: Row) => Change
  readonly went: (before: Row) => Change
  /** `rejoined`: what the server says of it; undefined when only the rows are known. */
  readonly changed: (row: Row, before: Row, rejoined?: boolean) => Change
}

const incarnationOf = ({ incarnation }: Worker): number => incarnation ?? 0

export const workerTopic: Topic<Worker, WorkerChange> = {
  rowKey: 'worker',
  isRow: isWorker,
  identityOf: ({ group, memberId }) => JSON.stringify([group, memberId]),
  came: (worker) => ({ type: 'joined', worker }),
  went: (before) => ({ type: 'left', before }),
  changed: (worker, before, rejoined = incarnationOf(worker) > incarnationOf(before)) => ({ type: 'updated', worker, before, rejoined }),
}

export const serviceTopic: Topic<Service, ServiceChange> = {
  rowKey: 'service',
  isRow: isService,
  identityOf: ({ uuid }) => uuid,
  came: (service) => ({ type: 'created', service }),
  went: (before) => ({ type: 'deleted', before }),
  changed: (service, before) => ({ type: 'updated', service, before }),
}
