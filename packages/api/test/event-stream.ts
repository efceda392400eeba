/** An event as a stream tells it; a comment has the name `comment`. */
export interface StreamedEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: unknown
}

/** Reads Server-Sent Events, one after the other, until it is closed. */
export class EventStream {
  readonly #gone = new AbortController()
  readonly #events: AsyncGenerator<StreamedEvent, void>
  readonly status: number

  private constructor(response: Response, gone: AbortController) {
    this.#gone = gone
    this.status = response.status
    this.#events = eventsOf(response)
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const gone = new AbortController()
    return new EventStream(await fetch(url, { headers, signal: gone.signal }), gone)
  }

  /** The next event; undefined when the stream has ended. */
  async next(withComments = false): Promise<StreamedEvent | undefined> {
    for (;;) {
      const { value } = await this.#events.next()
      if (!value || withComments || value.event !== 'comment') return value ?? undefined
    }
  }

  close(): void {
    this.#gone.abort()
  }
}

async function* eventsOf({ body }: Response): AsyncGenerator<StreamedEvent, void> {
  let text = ''
  if (!body) return
  for await (const chunk of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
      const data = field('data')
      yield { id: field('id'), event: field('event') ?? 'comment', data: data === undefined ? undefined : (JSON.parse(data) as unknown) }
    }
  }
}
