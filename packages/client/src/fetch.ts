/** What the client needs of `fetch`: the global one is one. */
export type Fetch = (url: URL, options: FetchOptions) => Promise<FetchResponse>

export interface FetchOptions {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  /** Only with POST and PATCH. */
  readonly body?: string
  readonly signal: AbortSignal
}

/** What the client needs of a response. */
export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ReadableStream<Uint8Array> | null
  text(): Promise<string>
}
