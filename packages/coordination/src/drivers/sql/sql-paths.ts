import type { Entry, Revision } from '../../contract.js'

/** The layout of the embedded store; user_version counts the scripts that have run. */
export const migrations: readonly string[] = [
  `CREATE TABLE store (id INTEGER PRIMARY KEY CHECK (id = 1), store_id TEXT NOT NULL, revision INTEGER NOT NULL);
   INSERT INTO store VALUES (1, lower(hex(randomblob(16))), 0);

   CREATE TABLE entries (
     namespace TEXT NOT NULL, collection TEXT NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL,
     created INTEGER NOT NULL, modified INTEGER NOT NULL,       -- revisions
     created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, -- ms since 1970
     sequence INTEGER,                                          -- of an appended entry
     owner TEXT,                                                -- session of an ephemeral entry
     PRIMARY KEY (namespace, collection, key));
   CREATE INDEX entries_modified ON entries (modified);
   CREATE INDEX entries_owner ON entries (owner, namespace, collection, key) WHERE owner IS NOT NULL;

   -- What watchers must be told is gone; only the last ones are kept.
   CREATE TABLE deletions (
     revision INTEGER NOT NULL, namespace TEXT NOT NULL, collection TEXT NOT NULL, key TEXT NOT NULL,
     PRIMARY KEY (revision, namespace, collection, key)) WITHOUT ROWID;

   -- Sequences of appended entries grow for ever, whatever is deleted.
   CREATE TABLE sequences (namespace TEXT NOT NULL, collection TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (namespace, collection)) WITHOUT ROWID;

   -- Times are ms on the host's monotonic clock and mean nothing under another boot_id.
   CREATE TABLE sessions (
     id TEXT PRIMARY KEY, boot_id TEXT NOT NULL, pid_namespace TEXT NOT NULL, pid INTEGER NOT NULL, start_time TEXT NOT NULL,
     timeout_ms INTEGER NOT NULL, lease_until INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE sweeper (
     id INTEGER PRIMARY KEY CHECK (id = 1), session TEXT NOT NULL, boot_id TEXT NOT NULL, pid_namespace TEXT NOT NULL, pid INTEGER NOT NULL,
     start_time TEXT NOT NULL, renewed INTEGER NOT NULL);
   INSERT INTO sweeper VALUES (1, '', '', '', 0, '', 0);`,
]

/** Deletions of older revisions are forgotten; a watcher that is further behind compares the whole collection. */
export const keptRevisions = 10_000

/** The file that every writer touches after a commit, so that watchers wake at once. */
export const doorbellOf = (file: string): string => `${file}.bell`

export const toRevision = (revision: number): Revision => String(revision).padStart(20, '0')

export const toSequence = (sequence: number): string => String(sequence).padStart(10, '0')

/** The SQL columns of an entry, as `toEntry` wants them. */
export const entryColumns = 'collection, key, data, created, modified, created_at, modified_at, sequence, owner'

/** The lock whose queue a collection is; undefined for every other collection. */
export function lockOf(collection: string): string | undefined {
  return /^locks\/(.+)$/s.exec(collection)?.[1]
}

export interface EntryRow {
  collection: string
  key: string
  data: Uint8Array
  created: number
  modified: number
  created_at: number
  modified_at: number
  sequence: number | null
  owner: string | null
}

export function toEntry(row: EntryRow): Entry {
  const created = toRevision(row.created)
  return {
    collection: row.collection,
    key: row.key,
    data: row.data,
    version: toRevision(row.modified), // one put per commit, so a revision names one state of one incarnation
    created,
    modified: toRevision(row.modified),
    order: row.sequence === null ? `${created}/${row.key}` : toSequence(row.sequence),
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    ...(row.owner === null ? {} : { owner: row.owner }),
  }
}

/** `members/<g>` and `leader/<g>` are there only while `groups/<g>` is; undefined for every other collection. */
export function groupOf(collection: string): string | undefined {
  return /^(?:members|leader)\/(.+)$/s.exec(collection)?.[1]
}

