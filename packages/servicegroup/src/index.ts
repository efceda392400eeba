export { join, openServiceGroup } from './open.js'
export type { JoinOptions, LiveView, Membership, ServiceGroup, ServiceGroupOptions } from './service-group.js'
export type { Group, Worker, WorkerChange, WorkerFilter, WorkerReader } from './worker.js'
export { compareWorkers, matchesFilter } from './worker-filter.js'
