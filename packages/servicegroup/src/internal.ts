/** For sibling packages and proofs: outside the promises of semantic versioning. */
export { outboxCollection, readOutbox } from './services/outbox.js'
export type { Change, Departure, OutboxEntry, OutboxGap } from './services/outbox.js'
export { decodeRecord, encodeRecord, newRecord, recordAddress, serviceCollection } from './services/service-record.js'
export type { StoredRecord } from './services/service-record.js'
export { nextBoundary, observe } from './services/service-state.js'
export type { ServiceRecord } from './services/service.js'
export type { ChangeSource, Drained, RecordAndChange } from './history/change-source.js'
export { decodeGate, encodeGate, gateAddress, noGate, placeOf } from './services/gate.js'
