import { setTimeout as delay } from 'node:timers/promises'

import { compareText, isMusterError, messageOf } from '@muster/common'
import type { Report } from '@muster/provisioning'

import { atMost } from '../some-of.js'
import type { ReportLine } from './report-line.js'

/** So many are on their way at most; who has more waits. */
const mostOnTheWay = 500
const [firstBackoffMs, longestBackoffMs] = [100, 2000]
const mostNames = 10

interface ReporterOptions {
  /** Resolves when it is stored; may be repeated. */
  readonly store: (report: Report) => Promise<unknown>
  /** How long it is tried again while the clusters cannot be reached. */
  readonly retryForMs: number
  /** Ends what is tried again. */
  readonly signal: AbortSignal
  readonly say: (sentence: string) => void
}

/** Stores what a command says of its instances: in order for each instance, again and again while the clusters cannot be reached. */
export class Reporter {
  readonly #options: ReporterOptions
  /** By instance, the end of its last report. */
  readonly #onTheWay = new Map<string, Promise<void>>()
  /** By instance, its last word. */
  readonly #wentWell = new Map<string, boolean>()
  readonly #unreported = new Set<string>()
  #lostSince: number | undefined

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /** How many of them failed, by their last word. */
  get failed(): number {
    return [...this.#wentWell.values()].filter((isWell) => !isWell).length
  }

  /** Whether `room` is to be waited for before more is reported. */
  get isFull(): boolean {
    return this.#onTheWay.size >= mostOnTheWay
  }

  async room(): Promise<void> {
    while (this.isFull) await Promise.race(this.#onTheWay.values())
  }

  /** What goes wrong is said. */
  report(line: ReportLine): void {
    const { instance } = line
    const report = toReport(line)
    this.#wentWell.set(instance, report.successful)
    if (!report.successful) this.#options.say(`${instance} failed: ${line.reason ?? ''}, error id ${report.errorId ?? ''}`)
    const before = this.#onTheWay.get(instance)
    const own = (before === undefined ? this.#hand(report) : before.then(() => this.#hand(report))).finally(() => {
      if (this.#onTheWay.get(instance) === own) this.#onTheWay.delete(instance)
    })
    this.#onTheWay.set(instance, own)
  }

  /** Resolves when nothing is on its way any more, with what could not be reported, in words. */
  async settle(): Promise<string | undefined> {
    while (this.#onTheWay.size > 0) await Promise.all(this.#onTheWay.values())
    return this.#unreported.size === 0 ? undefined : atMost(mostNames, [...this.#unreported].sort(compareText))
  }

  async #hand(report: Report): Promise<void> {
    const { instance } = report
    try {
      await this.#surely(report)
      this.#unreported.delete(instance)
    } catch (error) {
      this.#unreported.add(instance)
      if (!isPassing(error) && this.#unreported.size <= mostNames) this.#options.say(`${instance} is not reported: ${messageOf(error)}`)
    }
  }

  async #surely(report: Report): Promise<void> {
    for (let backoffMs = firstBackoffMs; ; backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
      try {
        await this.#options.store(report)
        this.#isBack()
        return
      } catch (error) {
        if (!isPassing(error)) throw error
        this.#isLost(error)
        await delay(backoffMs * (0.5 + Math.random()), undefined, { signal: this.#options.signal }).catch(() => undefined)
        if (this.#options.signal.aborted || performance.now() - (this.#lostSince ?? Infinity) > this.#options.retryForMs) throw error
      }
    }
  }

  #isLost(error: unknown): void {
    if (this.#lostSince === undefined) this.#options.say(`cannot report, trying again: ${messageOf(error)}`)
    this.#lostSince ??= performance.now()
  }

  #isBack(): void {
    if (this.#lostSince !== undefined) this.#options.say('reporting again')
    this.#lostSince = undefined
  }
}

/** Once for all attempts: they say the same. */
function toReport({ instance, reason }: ReportLine): Report {
  if (reason === undefined) return { instance, successful: true }
  const errorId = crypto.randomUUID()
  return { instance, successful: false, eventInfo: `${reason}\nError ID: ${errorId}`, errorId }
}

/** True for what may be another way in a moment; a report may be repeated. */
const isPassing = (error: unknown): boolean => (['backend_unreachable', 'outcome_unknown', 'operation_timed_out', 'queue_full'] as const).some((code) => isMusterError(error, code))
