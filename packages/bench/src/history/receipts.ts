import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'

import type { RabbitMqServer } from '@muster/testkit'

import { now } from '../at-pace.js'

/** What is told of one change: of a service its reason, of a worker its version says when it was begun. */
interface Told {
  readonly seq: number
  readonly reason?: string | null
  readonly after?: { readonly version?: unknown } | null
}

/** What one listener has heard; disposing of it ends its connection. */
export class Receipts implements AsyncDisposable {
  /** When each change was begun, and how long before its receipt that was, ms. */
  heard: { readonly begunAt: number; readonly delay: number }[] = []
  lastAt = NaN
  outOfOrder = 0
  #lastSeq = 0
  readonly #close: () => Promise<unknown>

  private constructor(open: (take: (told: Told) => void) => () => Promise<unknown>) {
    this.#close = open((told) => this.#take(told))
  }

  /** A stream of a server. Resolves when what is told from then on is heard. */
  static async ofStream(url: string): Promise<Receipts> {
    const request = get(url, { agent: false })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
    response.setEncoding('utf8')
    const begun = once(response, 'data') // it says something when it has begun
    const receipts = new Receipts((take) => {
      readEvents(response, (data) => take(JSON.parse(data) as Told))
      return () => Promise.resolve(request.destroy())
    })
    await begun
    return receipts
  }

  /** The queue in which listeners of Nova's notifications look. */
  static async ofBroker(broker: RabbitMqServer): Promise<Receipts> {
    const opened = await broker.connect()
    const { channel } = opened
    const queue = 'versioned_notifications.info'
    await channel.assertExchange('nova', 'topic', { durable: false })
    await channel.assertQueue(queue, { durable: false })
    await channel.bindQueue(queue, 'nova', queue)
    let take: (told: Told) => void = () => {}
    const receipts = new Receipts((taking) => {
      take = taking
      return () => Promise.resolve(opened[Symbol.asyncDispose]())
    })
    await channel.consume(queue, (message) => {
      if (message) take(JSON.parse((JSON.parse(message.content.toString()) as { 'oslo.message': string })['oslo.message']) as Told)
    }, { noAck: true })
    return receipts
  }

  /** From the moment before each change was begun to its receipt, ms. */
  get delays(): number[] {
    return this.heard.map(({ delay }) => delay)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }

  #take({ seq, reason, after }: Told): void {
    const receivedAt = now()
    if (seq <= this.#lastSeq) this.outOfOrder += 1
    this.#lastSeq = seq
    const begunAt = Number(reason ?? after?.version ?? NaN)
    if (!(begunAt > 0)) return // of what the workers' coming has done to a service
    this.heard.push({ begunAt, delay: receivedAt - begunAt })
    this.lastAt = receivedAt
  }
}

/** Server-Sent Events with data on one line, as ours are. */
function readEvents(response: IncomingMessage, onData: (data: string) => void): void {
  let rest = ''
  response.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data: ')) onData(line.slice(6))
  })
}
