import { get } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/** What a test looks at of an event, or of a comment. */
export interface ReadEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: unknown
}

/** Reads a stream of events as bytes, block by block, without the client under test. */
export class EventReader {
  readonly response: IncomingMessage
  readonly #blocks: AsyncIterator<string>

  private constructor(response: IncomingMessage) {
    this.response = response
    this.#blocks = blocksOf(response.setEncoding('utf8'))
  }

  static async open(url: string, headers: OutgoingHttpHeaders = {}): Promise<EventReader> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers, agent: false }, resolve).on('error', reject)
    })
    return new EventReader(response)
  }

  /** The next event that is none of the ignored; undefined when the stream has ended. */
  async next(ignored: readonly string[] = ['retry', 'comment']): Promise<ReadEvent | undefined> {
    for (;;) {
      const block = await this.#blocks.next()
      if (block.done === true) return undefined
      const read = parse(block.value)
      if (!ignored.includes(read.event)) return read
    }
  }

  /** The events up to and with the first of this name. */
  async until(name: string): Promise<ReadEvent[]> {
    const events: ReadEvent[] = []
    for (;;) {
      const event = await this.next()
      if (!event) throw new Error(`The stream ended before '${name}', after ${JSON.stringify(events)}`)
      events.push(event)
      if (event.event === name) return events
    }
  }

  close(): void {
    this.response.destroy()
  }
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<string, void> {
  let text = ''
  for await (const chunk of response as AsyncIterable<string>) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    yield* blocks
  }
}

function parse(block: string): ReadEvent {
  const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
  const data = field('data')
  const event = field('event') ?? (block.startsWith(':') ? 'comment' : block.startsWith('retry') ? 'retry' : '')
  return { event, id: field('id'), data: data === undefined ? undefined : JSON.parse(data) }
}
