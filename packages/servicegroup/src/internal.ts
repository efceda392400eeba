/** For sibling packages and proofs: outside the promises of semantic versioning. */
export { outboxCollection, readOutbox } from './services/outbox.js'
export type { Change, OutboxEntry } from './services/outbox.js'
export { decodeRecord, encodeRecord, newRecord, recordAddress, serviceCollection } from './services/service-record.js'
export type { StoredRecord } from './services/service-record.js'
export { decodeGate, encodeGate, gateAddress, noGate } from './services/gate.js'
