import { join as joinPath } from 'node:path'

import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import { ChangeLog, Observer, sinkProgress, webhookCouriers, webhookSinkName } from '@muster/notifications'
import type { SinkProgress, WebhookCouriersOptions } from '@muster/notifications'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup, Webhook } from '@muster/servicegroup'
import { eventually, temporaryFolder } from '@muster/testkit'
import type { TemporaryFolder } from '@muster/testkit'

const id = { type: 'api', host: 'h1' }

/** A store with one service, its history, and who observes it. Changes of the service are told to webhooks. */
export class Stage implements AsyncDisposable {
  readonly lines: string[] = []
  #observer: Observer | undefined
  #changes = 0

  private constructor(
    readonly group: ServiceGroup,
    readonly log: ChangeLog,
    private readonly folder: TemporaryFolder,
  ) {}

  static async open(): Promise<Stage> {
    const folder = await temporaryFolder()
    const group = await openServiceGroup(`embedded:${folder.path}`)
    const membership = await group.join({ group: 'g', name: id.type, hostname: id.host })
    const log = await ChangeLog.open(`sqlite:${joinPath(folder.path, 'history.db')}`)
    const stage = new Stage(group, log, folder)
    await stage.observe()
    await eventually(async () => {
      if ((await log.read()).lastSeq < 3) throw new Error('the service is not up yet')
    })
    await membership.leave()
    await eventually(async () => {
      if ((await log.read()).lastSeq < 5) throw new Error('the service is not down yet')
    })
    return stage
  }

  /** Observes from now on, after whoever did before; resolves when it does. */
  async observe(options: WebhookCouriersOptions = {}): Promise<void> {
    await this.#observer?.close()
    const keep = (_fields: object, message: string): void => void this.lines.push(message)
    const logger: Logger = { ...silentLogger, info: keep, warn: keep, error: keep }
    const couriers = [webhookCouriers(this.group, { allow: ['127.0.0.1'], timeoutMs: 2000, ...options })]
    this.#observer = await Observer.begin(this.group, this.log, { couriers, logger })
    await eventually(() => {
      if (this.#observer?.state !== 'observing') throw new Error(`it is ${this.#observer?.state ?? 'closed'}`)
    })
  }

  async stopObserving(): Promise<void> {
    await this.#observer?.close()
    this.#observer = undefined
  }

  /** A webhook that is told from the next change on. */
  async webhook(url: string, filter: { kinds?: string[]; types?: string[]; hosts?: string[] } = {}): Promise<Webhook & { secret: string }> {
    const webhook = await this.group.addWebhook({ url, ...filter })
    await eventually(async () => {
      if ((await this.progress(webhook)).seq === undefined) throw new Error('nobody tells it yet')
    })
    return webhook
  }

  progress({ id: of }: Webhook): Promise<SinkProgress> {
    return sinkProgress(this.log, webhookSinkName(of))
  }

  async find({ id: of }: Webhook): Promise<Webhook | undefined> {
    return (await this.group.listWebhooks()).find((webhook) => webhook.id === of)
  }

  /** Changes the service so many times; resolves with the ids of these changes once they are in the log. */
  async change(times = 1): Promise<string[]> {
    const { lastSeq: after } = await this.log.read()
    for (let i = 0; i < times; i += 1) await this.group.update(id, { version: (this.#changes += 1) }, { actor: 'ann' })
    return eventually(async () => {
      const { changes } = await this.log.read({}, { after })
      if (changes.length < times) throw new Error(`${changes.length} of ${times} changes are in the log`)
      return changes.map((change) => change.id)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopObserving()
    await this.log.close()
    await this.group.close()
    await this.folder[Symbol.asyncDispose]()
  }
}
