/** What the client needs of `fetch`: the global one is one. */
export type Fetch = (url: URL, options: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal }) => Promise<FetchResponse>

/** What the client needs of a response. */
export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ReadableStream<Uint8Array> | null
  text(): Promise<string>
}
