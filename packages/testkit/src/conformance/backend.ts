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
}

export interface Store extends AsyncDisposable {
  url(options?: UrlOptions): string
  /** For backends whose store is made by the first write: true once it is there. */
  isThere?(): boolean
  /** Puts something in the place of the store that can give no answer. */
  breakDown(): Promise<void>
  /** Makes the backend deaf to writes and renewals until the scope ends. */
  obstruct(): Promise<Outage>
}

export interface Outage extends AsyncDisposable {
  /** The process that is in the way, for backends that are nothing but processes. */
  readonly pid?: number
}
