/** What a client may ask of the server and how long it may take; README.md has the same table with the answers. */
export const limits = {
  /** Of the request line and all headers together. */
  headBytes: 16 * 1024,
  headers: 100,
  urlCharacters: 8 * 1024,
  bodyBytes: 100 * 1024,
  /** Of reports of cluster events, which hold what a program that failed had to say. */
  reportBytes: 4 * 1024 * 1024,
  bodyLevels: 16,
  /** From the connection, or the first byte of another request, to the end of its head. */
  headMs: 10_000,
  /** From there to the end of its body. */
  requestMs: 30_000,
  /** Between two requests. */
  idleMs: 5000,
  /** An answer of which a client takes nothing for so long is cut. More than a stream's own, which says so in the log. */
  stalledMs: 90_000,
  /** How long a refused client that goes on sending is read, and how long it has to read why. */
  throwAwayMs: 20,
  lingerMs: 1000,
  /** One after the other; then it is closed, so that clients spread over servers again. */
  requestsOfConnection: 10_000,
  /** At the same time: pipelined. */
  answersOfConnection: 100,
  connections: 5000,
  shareOfAddress: 0.8,
  /** Connections of an address that have sent nothing yet; more may be there for a moment: a client sends as soon as it is connected. */
  silentOfAddress: 100,
  silentMs: 250,
  shareOfStreams: 0.6,
  shareOfStreamsOfAddress: 0.5,
} as const

/** For `http.createServer`. */
export const serverLimits = {
  maxHeaderSize: limits.headBytes,
  headersTimeout: limits.headMs,
  requestTimeout: limits.requestMs,
  keepAliveTimeout: limits.idleMs,
  connectionsCheckingInterval: 50, // those that are too late are refused all at once, and others wait meanwhile
  requireHostHeader: false, // refuse-excess.ts refuses it in the form of all errors
} as const
