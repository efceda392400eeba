import { isMusterError, messageOf } from '@muster/common'
import type { Logger } from '@muster/common'

import { describeFailure } from './failure.js'
import type { StepRow } from './rows.js'
import type { ProvisioningStore, Reported } from './store.js'

/** Which instance. */
export interface Instance {
  /** Its name, at most 80 characters: what makes a repeated report the same. */
  readonly instance: string
  readonly instanceId?: string | undefined
  readonly nodeGroupId?: string | undefined
}

/**
 * A step, to report to; any process may have one, and many at once. Every call says that somebody is still at it. What is called for an
 * instance again changes its word and counts once.
 */
export class StepHandle {
  /** Null when the event log is disabled: then nothing is written, and calls resolve with `recorded: false`. */
  readonly id: string | null
  readonly #store: ProvisioningStore
  readonly #tenant: string
  readonly #logger: Logger

  constructor(store: ProvisioningStore, id: string | null, tenant: string, logger: Logger) {
    this.id = id
    this.#store = store
    this.#tenant = tenant
    this.#logger = logger
  }

  /** The instance went well. Resolves when it is stored. @throws InvalidArgument, TooLarge, NotFound, Conflict, BackendUnreachable */
  ok(instance: Instance): Promise<Reported> {
    return this.#report(instance, { successful: true })
  }

  /** The instance failed: `error`, an Error or text, is kept with an id that the logger is told too. Resolves when it is stored. @throws as `ok` */
  fail({ error, ...instance }: Instance & { readonly error: unknown }): Promise<Reported> {
    const errorId = crypto.randomUUID()
    this.#logger.error({ err: error, errorId, step: this.id, instance: instance.instance }, `an instance failed. Error ID: ${errorId}`)
    return this.#report(instance, { successful: false, eventInfo: describeFailure(error, errorId), errorId })
  }

  /** Runs `work` for an instance and reports how it went. Resolves with its result; rejects with what it threw. @throws as `ok` */
  async run<T>(instance: string | Instance, work: () => Promise<T> | T): Promise<T> {
    const which = typeof instance === 'string' ? { instance } : instance
    let result: T
    try {
      result = await work()
    } catch (error) {
      await this.#failSurely(which, error)
      throw error
    }
    await this.ok(which)
    return result
  }

  /** Says that somebody is still at it, where reports are far between. */
  async renew(): Promise<Reported> {
    return this.id === null ? { recorded: false, step: null } : this.#store.renew(this.id, { tenant: this.#tenant })
  }

  /** How far it is; null when the event log is disabled. @throws NotFound */
  async show(): Promise<StepRow | null> {
    return this.id === null ? null : this.#store.step(this.id, { tenant: this.#tenant })
  }

  /** An error that cannot be stored as it is makes the instance no less failed. */
  async #failSurely(instance: Instance, error: unknown): Promise<void> {
    try {
      await this.fail({ ...instance, error })
    } catch (refusal) {
      if (isMusterError(refusal, 'invalid_argument') || isMusterError(refusal, 'too_large')) {
        const reason = `It failed; why cannot be kept: ${messageOf(refusal)}`
        await this.fail({ ...instance, error: reason }).catch((again: unknown) => this.#warn(again))
      } else this.#warn(refusal)
    }
  }

  #warn(error: unknown): void {
    this.#logger.warn({ err: error, step: this.id }, 'a failure could not be reported')
  }

  async #report(instance: Instance, outcome: { readonly successful: boolean; readonly eventInfo?: string; readonly errorId?: string }): Promise<Reported> {
    const { id } = this
    return id === null ? { recorded: false, step: null } : this.#store.report(id, { ...instance, ...outcome }, { tenant: this.#tenant })
  }
}
