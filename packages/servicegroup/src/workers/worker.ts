import type { ConnectionState } from '@muster/coordination'

/** A member of a service group, in the field order of every list. Absent is null. @see Vitrage `GET /v1/service` */
export interface Worker {
  readonly name: string
  readonly hostname: string | null
  /** Process id. */
  readonly process: number | null
  /** When it called `join()`, by its own clock: `2019-02-10T11:07:15+00:00`. */
  readonly created: string | null
  readonly group: string
  /** Kind of service; given, else the name without a trailing ` worker(N)` or ` worker N`. */
  readonly type: string | null
  /** A listed worker is up; one that is down is not listed. */
  readonly state: 'up'
  readonly region: string | null
  readonly zone: string | null
  readonly version: string | null
  readonly labels: Readonly<Record<string, string>>
  readonly memberId: string
  /** 1 at `join()`, +1 at each rejoin after a lost session. */
  readonly incarnation: number | null
  /** Its service's, as it was when it joined; null for one without: a foreign member, or one whose service was deleted by force. */
  readonly uuid: string | null
  /** For how long its event loop was blocked at a stretch, lately, in ms: there only while that is a second or more. */
  readonly lagMs?: number
}

/** Fields AND, several values of one field OR; all compared exactly. */
export interface WorkerFilter {
  readonly group?: string | readonly string[] | undefined
  readonly name?: string | readonly string[] | undefined
  readonly hostname?: string | readonly string[] | undefined
  readonly type?: string | readonly string[] | undefined
}

export type WorkerChange =
  | { readonly type: 'joined'; readonly worker: Worker }
  | { readonly type: 'left'; readonly before: Worker }
  /** `rejoined`: it lost its session and came back under the same member id, and its leave was never told. */
  | { readonly type: 'updated'; readonly worker: Worker; readonly before: Worker; readonly rejoined: boolean }

/** A group that exists, with the number of its members. `createdAt` is RFC 3339 with milliseconds, by the backend's clock. */
export interface Group {
  readonly group: string
  readonly members: number
  readonly createdAt: string
}

export interface WatchWorkersOptions {
  readonly signal?: AbortSignal | undefined
  /** Called when what is told may no longer be true, with the reason, and when it is again: `suspended`, `lost` or `connected`. */
  readonly onConnection?: ((connection: Pick<ConnectionState, 'state' | 'reason'>) => void) | undefined
}

/** The reading half of the servicegroup API: the same straight on a backend and over HTTP (@muster/client). */
export interface WorkerReader {
  /**
   * Lists the live workers, sorted by name in code-point order (then group, hostname, member id). Unknown groups
   * give an empty list. @throws BackendUnreachable rather than answer empty without knowing.
   */
  workers(filter?: WorkerFilter, options?: { signal?: AbortSignal | undefined }): Promise<readonly Worker[]>
  /** Lists the groups, sorted by name in code-point order. */
  groups(options?: { signal?: AbortSignal | undefined }): Promise<readonly Group[]>
  /**
   * Yields first every live worker as `joined` in one array, then arrays of changes as they happen, over all outages but
   * the first. Ends when `signal` aborts. @throws BackendUnreachable if there is no first list within the session timeout
   * (over HTTP: if the first request fails); Closed when the reader is closed.
   */
  watchWorkers(filter?: WorkerFilter, options?: WatchWorkersOptions): AsyncIterable<readonly WorkerChange[]>
  /** Resolves when nothing of it is left running. */
  close(): Promise<void>
}
