/** For sibling packages and proofs: outside the promises of semantic versioning. */
export { outboxCollection, readOutbox } from './services/outbox.js'
export type { Change, OutboxEntry } from './services/outbox.js'
export { decodeRecord, encodeRecord, newRecord, recordAddress, serviceCollection } from './services/service-record.js'
export type { StoredRecord } from './services/service-record.js'
export { decodeGate, encodeGate, gateAddress, noGate } from './services/gate.js'
export { applyPatch } from './services/service-patch.js'
export { stateOf } from './services/service-state.js'
export { thisUser } from './services/service-edit.js'
