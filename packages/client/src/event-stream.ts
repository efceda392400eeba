import { BackendUnreachable } from '@muster/common'
import { createParser } from 'eventsource-parser'

import type { Calls } from './calls.js'
import type { Http } from './http.js'
import { notMuster, unreachable } from './unreachable.js'

/** An event as the server writes it. */
export interface EventMessage {
  readonly event?: string | undefined
  readonly id?: string | undefined
  readonly data: string
}

export interface ConnectOptions<Event> {
  /** Of the stream, below the endpoint. */
  readonly path: string
  /** Reads one event; undefined for one that only newer clients know. @throws SyntaxError when it is not as it should be */
  readonly parse: (message: EventMessage) => Event | undefined
  readonly http: Http
  readonly calls: Calls
  readonly query: URLSearchParams
  /** Empty: from the beginning. */
  readonly lastEventId: string
  readonly signal: AbortSignal | undefined
  /** The endpoint as errors name it. */
  readonly endpoint: string
  /** How long the server may take to begin. */
  readonly timeoutMs: number
  /** How long it may say nothing, not even that it lives. */
  readonly silentMs: number
  /** Called when the server has agreed. */
  readonly onOpen?: () => void
}

/** Beyond all that a server sends as one event: more is not kept. */
const longestEvent = 16 * 1024 * 1024

/**
 * One connection to a stream of events: yields the events of each packet together and ends when the server ends it. While
 * the consumer is busy nothing is read, and the server is not watched. @throws BackendUnreachable, or the server's refusal
 */
export async function* connectToEvents<Event>({ path, parse, http, calls, query, lastEventId, signal, endpoint, timeoutMs, silentMs, onOpen }: ConnectOptions<Event>): AsyncGenerator<readonly Event[], void> {
  const connection = calls.hold(signal)
  const inTime = async <T>(promise: Promise<T>, ms: number, reason: string): Promise<T> => {
    const timer = setTimeout(() => connection.abort(new BackendUnreachable(endpoint, `${reason} ${ms} ms`)), ms)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }
  try {
    const response = await inTime(http.openEvents(path, query, { lastEventId, signal: connection.signal }), timeoutMs, 'no answer within')
    onOpen?.()
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader()
    const decoder = new TextDecoder()
    const packet = new Packet(parse, endpoint)
    while (reader) {
      const { done, value } = await inTime(reader.read(), silentMs, 'nothing heard for')
      if (done) return
      const events = packet.read(decoder.decode(value, { stream: true }))
      if (events.length > 0) yield events
    }
  } catch (error) {
    connection.signal.throwIfAborted() // why it was ended says more than how
    throw unreachable(endpoint, error)
  } finally {
    connection.abort(undefined)
    connection.release()
  }
}

/** Turns the text of a stream into events. */
class Packet<Event> {
  readonly #parse: ConnectOptions<Event>['parse']
  readonly #endpoint: string
  #events: Event[] = []
  #error: Error | undefined
  readonly #parser = createParser({
    onEvent: (message) => {
      try {
        const event = this.#parse(message)
        if (event) this.#events.push(event)
      } catch (error) {
        this.#error ??= error instanceof Error ? error : new Error(String(error))
      }
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') this.#error ??= error
    },
    maxBufferSize: longestEvent,
  })

  constructor(parse: ConnectOptions<Event>['parse'], endpoint: string) {
    this.#parse = parse
    this.#endpoint = endpoint
  }

  /** The events that are whole now. @throws BackendUnreachable for what no server of Muster says */
  read(text: string): readonly Event[] {
    this.#parser.feed(text)
    if (this.#error) throw notMuster(this.#endpoint, this.#error.message)
    const events = this.#events
    this.#events = []
    return events
  }
}
