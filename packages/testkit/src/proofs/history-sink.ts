import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

import { sinkProgress, webhookSinkName } from '@muster/notifications'
import type { ChangeLog, SinkProgress } from '@muster/notifications'
import type { ServiceGroup } from '@muster/servicegroup'

import { Endpoint } from '../endpoint.js'
import { eventually } from '../eventually.js'
import type { Acknowledged } from './history-judges.js'

const patienceMs = 120_000

/** A webhook whose endpoint notes in a file what it acknowledges. */
export class NotingSink implements AsyncDisposable {
  /** It is told of what comes after that number. */
  readonly after: number
  readonly #name: string
  readonly #log: ChangeLog
  readonly #file: string
  readonly #endpoint: Endpoint

  private constructor(endpoint: Endpoint, file: string, log: ChangeLog, name: string, after: number) {
    this.#endpoint = endpoint
    this.#file = file
    this.#log = log
    this.#name = name
    this.after = after
  }

  /** Resolves when whoever keeps the history knows of it. */
  static async open(group: ServiceGroup, log: ChangeLog, file: string): Promise<NotingSink> {
    const endpoint = await Endpoint.open(({ headers, body }, response) => {
      appendFileSync(file, `${JSON.stringify({ id: headers['webhook-id'], seq: body.data.seq })}\n`)
      response.writeHead(204).end()
    })
    const { id } = await group.addWebhook({ url: endpoint.url })
    const name = webhookSinkName(id)
    const after = await eventually(async () => {
      const { seq } = await sinkProgress(log, name)
      if (seq === undefined) throw new Error('nobody has begun to tell the webhook')
      return seq
    }, { timeoutMs: patienceMs })
    return new NotingSink(endpoint, file, log, name, after)
  }

  /** How far it has come, as the log knows. */
  progress(): Promise<SinkProgress> {
    return sinkProgress(this.#log, this.#name)
  }

  /** What it has acknowledged, in order. */
  async acknowledged(): Promise<Acknowledged[]> {
    const lines = (await readFile(this.#file, 'utf8').catch(() => '')).split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Acknowledged)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#endpoint[Symbol.asyncDispose]()
  }
}
