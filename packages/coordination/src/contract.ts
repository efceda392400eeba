/**
 * The one contract between a backend's driver and everything above it: a session over flat collections of entries.
 * A driver knows nothing of groups, leaders or services. ARCHITECTURE.md lists the collections and the ten
 * invariants; packages/testkit holds the suite that every driver passes.
 */

/** Decimal, left-padded to 20 digits; ordered within one `storeId`. */
export type Revision = string

/** Opaque compare-and-set token of one incarnation of one entry. */
export type Version = string

/** Names one entry: `members/vitrage` + id. Nothing deeper, no parents. */
export interface Address {
  readonly collection: string
  readonly key: string
}

export interface Entry extends Address {
  /** At most 64 KiB. */
  readonly data: Uint8Array
  readonly version: Version
  /** Revision that made this incarnation; usable as a fencing token. */
  readonly created: Revision
  readonly modified: Revision
  /** Sorts contenders: the 10-digit sequence of an appended entry; else `created/key`. */
  readonly order: string
  /** Milliseconds by the backend's clock; shown, never decided on. */
  readonly createdAt: number
  readonly modifiedAt: number
  /** Id of the session the entry belongs to; present means ephemeral. */
  readonly owner?: string
}

/**
 * In what form other programs find an entry, where a backend keeps its collection in a form of theirs (ZooKeeper: members, in
 * tooz's msgpack): `bytes` as they are, `object` as the object that the data, JSON text, says. Elsewhere it means nothing, and what is
 * read is the same.
 */
export type Form = 'bytes' | 'object'

/** `form`: default `bytes`. */
export type Op =
  /** Rejected: exists | no-collection. */
  | { op: 'create'; at: Address; data: Uint8Array; form?: Form; ephemeral?: boolean }
  /** The key is `nonce + infix + 10-digit sequence` of its collection, growing for ever. */
  | { op: 'append'; collection: string; nonce: string; infix?: string; data: Uint8Array; ephemeral?: boolean }
  /** Rejected: missing | conflict. */
  | { op: 'put'; at: Address; data: Uint8Array; form?: Form; version?: Version }
  /** Rejected: missing | conflict | not-empty. */
  | { op: 'delete'; at: Address; version?: Version }
  /** Takes over exactly that entry for this session; conflict if it is another. At most one per commit. */
  | { op: 'replace'; entry: Entry; data: Uint8Array; form?: Form }
  /** Rejected: missing | conflict. Absence is proved only by a create. */
  | { op: 'check'; at: Address; version?: Version }

export type RejectedReason = 'exists' | 'missing' | 'conflict' | 'not-empty' | 'no-collection'

/** A commit that the backend refused as a whole because of its op `index`. Never leaves this package. */
export class Rejected extends Error {
  constructor(
    readonly index: number,
    readonly reason: RejectedReason,
  ) {
    super(`op ${index} rejected: ${reason}`)
    this.name = 'Rejected'
  }
}

export type Change = { readonly type: 'put'; readonly entry: Entry; readonly before?: Entry } | { readonly type: 'delete'; readonly before: Entry }

/** What a watch yields: with `reset` the changes are a whole snapshot; `synced` means the state equals `revision`. */
export interface Batch {
  readonly reset: boolean
  readonly synced: boolean
  readonly revision?: Revision
  readonly changes: readonly Change[]
}

/**
 * What the application may still trust. `connected`: everything. `suspended`: the backend does not answer; entries
 * of this session may be gone soon, what was read may be old. `lost`: the entries of this session are gone, a new
 * session is being made. `closed`: the end.
 */
export interface ConnectionState {
  readonly state: 'connected' | 'suspended' | 'lost' | 'closed'
  readonly epoch: number
  /** Why it is not connected, in words for an operator. */
  readonly reason?: string
}

export interface ReadOptions {
  /** Wait until this client has seen everything committed before the call. */
  readonly consistent?: boolean
  readonly signal?: AbortSignal | undefined
}

/** What tells one state of one entry from all others. */
export type Incarnation = Pick<Entry, 'collection' | 'key' | 'created' | 'modified'>

export interface GoneOptions {
  readonly orChanged?: boolean
  readonly signal?: AbortSignal | undefined
}

/** Whose an ephemeral entry is: this session, a session of this process that is over, or a process dead, alive or out of sight. */
export type Ownership = 'self' | 'former-self' | 'dead' | 'alive' | 'unknown'

/**
 * One client's live link to a backend. Any call may throw BackendUnreachable (surely not done), NotAllowed or
 * Closed; commits also OutcomeUnknown, SessionLost, TooLarge, QueueFull and `Rejected`.
 */
export interface Session {
  /** Identity of the store; empty while an embedded store has not been created. */
  readonly storeId: string
  /** +1 for each new backend session, beginning with 1. */
  readonly epoch: number
  readonly timeoutMs: number
  readonly characteristics: Characteristics
  /** On `performance.now()`: until then the backend surely keeps this session. 0 when it is lost. */
  trustedUntil(): number
  /** Undefined means surely absent. */
  read(at: Address, options?: ReadOptions): Promise<Entry | undefined>
  /** Rejected with no-collection for the members or leaders of a group that is not there. */
  list(collection: string, options?: ReadOptions): Promise<{ entries: Entry[]; revision: Revision; atomic: boolean }>
  /** Only the keys, in no order and in one request, however much data the entries have. Rejected as `list` is. */
  keys(collection: string, options?: ReadOptions): Promise<string[]>
  count(collection: string, options?: ReadOptions): Promise<number>
  /** Resolves when exactly that incarnation is no more, with `orChanged` also when it is not as it was read; wakes nobody else. */
  gone(entry: Incarnation, options?: GoneOptions): Promise<void>
  /** All or nothing: at most 100 ops, 512 KiB, one op per address; own commits apply in call order. Ephemeral ops are bound to `epoch`. */
  commit(ops: readonly Op[], options?: CommitOptions): Promise<{ revision: Revision; keys: string[] }>
  /** State-based: per key the latest value; a re-created key is delete + put. Ends when `signal` aborts; throws Closed when the session is closed. */
  watch(collection: string, options?: { signal?: AbortSignal | undefined }): AsyncIterable<Batch>
  /** Yields the current state at once, then every change; ends after `closed`. */
  states(): AsyncIterable<ConnectionState>
  /** What is known of the owner of an ephemeral entry; decides whether it may be taken over. */
  ownership(entry: Entry): Promise<Ownership>
  /** Removes this session's entries, then resolves; OperationTimedOut after `timeoutMs` (default 3000), the entries then go with the session. */
  close(options?: { timeoutMs?: number }): Promise<void>
}

export interface CommitOptions {
  /** The epoch that ephemeral ops belong to; default: the current one. */
  readonly epoch?: number
  /** Tells after a cut, from the entry at `at`, whether the commit was done; undefined means it cannot tell. */
  readonly witness?: { readonly at: Address; done(entry?: Entry): boolean | undefined }
  /** False: it need not outlive a sudden end of the whole host, which is faster where a backend can choose. Default true. */
  readonly durable?: boolean
  readonly signal?: AbortSignal | undefined
}

/** What a backend can promise, as data. */
export interface Characteristics {
  /** Durable entries survive a restart of the backend. */
  readonly durable: boolean
  /** Members on several hosts see each other. */
  readonly acrossHosts: boolean
  /** Changes are told, not polled for. */
  readonly push: boolean
}

export const limits = Object.freeze({
  entryBytes: 64 * 1024,
  commitBytes: 512 * 1024,
  commitOps: 100,
  keyLength: 200,
  ephemeralsPerSession: 10_000,
  ephemeralPathBytes: 1024 * 1024,
  queuedCommits: 10_000,
})
