/** For drivers, the conformance suite and sibling packages: outside the promises of semantic versioning. */
export { limits, Rejected } from './contract.js'
export type { Address, Batch, Change, Characteristics, CommitOptions, ConnectionState, Entry, Op, Ownership, ReadOptions, RejectedReason, Revision, Session, Version } from './contract.js'
export { decodeKey, encodeKey } from './keys.js'
export { openSession } from './open-session.js'
export type { SessionOptions } from './open-session.js'
export { ownIdentity } from './process-identity.js'
export type { ProcessIdentity } from './process-identity.js'
