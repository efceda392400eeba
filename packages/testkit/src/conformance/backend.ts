export interface UrlOptions {
  /** Default: the driver's own. */
  readonly timeoutMs?: number
  readonly namespace?: string
}

/** What the suite asks of a driver's tests: stores to play on. */
export interface ConformanceBackend {
  /** A new empty store that nothing else uses; removed at the end of its scope. */
  store(): Promise<Store>
  /** The shortest session timeout of this backend that survives a busy machine. */
  readonly shortTimeoutMs: number
  /** A session that was opened has reached the backend; else it reaches it later, and is `suspended` until then. */
  readonly opensConnected: boolean
  /** A process that is gone is noticed by more than its silence, long before its session times out. */
  readonly seesProcesses: boolean
  /** A version that was read of one incarnation fits no other one of the same key. */
  readonly versionsNameIncarnations: boolean
  /** A takeover is one revision, and one that is refused leaves no trace; else the entry is first put as it is. */
  readonly takesOverAtOnce: boolean
  /** All namespaces of a store have one storeId. */
  readonly namespacesShareStoreId: boolean
}

export interface Store extends AsyncDisposable {
  url(options?: UrlOptions): string
  /** For backends whose store is made by the first write: true once it is there. */
  isThere?(): boolean | Promise<boolean>
  /** All that is stored, by other means than a session; for backends whose revision grows without a write. */
  fingerprint?(): Promise<string>
  /** Puts something in the place of the store that can give no answer. */
  breakDown(): Promise<void>
  /** Makes the backend deaf to writes and renewals until the scope ends. */
  obstruct(): Promise<Outage>
}

export interface Outage extends AsyncDisposable {
  /** The process that is in the way, for backends that are nothing but processes. */
  readonly pid?: number
}
