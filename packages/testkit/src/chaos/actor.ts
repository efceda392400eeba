import { setTimeout as delay } from 'node:timers/promises'

import { bootTime } from '../boot-clock.js'
import type { Report } from './client-process.js'
import type { Truth } from './history.js'
import type { Act } from './plan.js'
import type { Recorder } from './recorder.js'
import type { ClientProcess, Troupe } from './troupe.js'

/** One of the places in a plan: a process, and another one in its place when it is killed, under the same member id. */
export class Actor implements AsyncDisposable {
  readonly #number: number
  readonly #url: string
  readonly #troupe: Troupe
  readonly #recorder: Recorder
  #process!: ClientProcess
  #opened!: Promise<void>
  #name = ''
  #lives = 0
  #isStopped = false
  #isBeingKilled = false

  constructor(index: number, url: string, troupe: Troupe, recorder: Recorder) {
    this.#number = index + 1
    this.#url = url
    this.#troupe = troupe
    this.#recorder = recorder
    this.#appear()
  }

  get name(): string {
    return this.#name
  }

  /** Resolves when it plays. */
  get opened(): Promise<void> {
    return this.#opened
  }

  /** It begins to, if it is not killed before. */
  act(act: Act): void {
    this.#process.call('act', act).catch(() => undefined) // it was killed; what it begins it tells itself
  }

  truth(): Promise<Truth> {
    return this.#process.call('truth')
  }

  /** Resolves when another one is in its place; false if it is being killed already. */
  async kill(): Promise<boolean> {
    if (this.#isBeingKilled) return false
    this.#isBeingKilled = true
    await this.#process.kill()
    this.#isBeingKilled = false
    this.#recorder.note(this.#name, { type: 'killed' })
    this.#appear()
    return true
  }

  /** Resolves when it goes on; false if it is stopped already. */
  async stop(ms: number): Promise<boolean> {
    if (this.#isStopped) return false
    const process = this.#process
    this.#isStopped = true
    process.process.signal('SIGSTOP')
    await delay(ms)
    process.process.signal('SIGCONT')
    this.#isStopped = false
    return true
  }

  /** Closes it. */
  async close(isOrderly: boolean): Promise<void> {
    await this.#process.call('end', isOrderly)
  }

  /** Lets go of it: it must end by itself. */
  async leaveAlone(withinMs: number): Promise<void> {
    const begunAt = bootTime()
    await this.#process.call('hangUp')
    const exit = await Promise.race([this.#process.process.exited, delay(withinMs, undefined, { ref: false })])
    this.#recorder.note(this.#name, { type: 'exited', code: exit?.code ?? null, afterMs: bootTime() - begunAt })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
  }

  #appear(): void {
    this.#lives += 1
    this.#name = `client ${this.#number}${'′'.repeat(this.#lives - 1)}`
    this.#process = this.#troupe.take()
    this.#process.process.onMessage((message) => {
      if (isReport(message)) this.#recorder.add(message)
    })
    this.#opened = this.#process.call('open', this.#name, this.#url, `member-${this.#number}`)
    this.#opened.catch(() => undefined) // it was killed before
  }
}

const isReport = (message: unknown): message is Report => typeof message === 'object' && message !== null && 'claims' in message
