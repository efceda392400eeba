import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@muster/common'
import type { ProvisioningStore, StepRow } from '@muster/provisioning'

import type { Io } from '../io.js'
import { say } from '../io.js'
import type { PreparedCommand, RunningCommand } from '../run/start-command.js'
import { catchStopSignals } from '../stop-signals.js'
import { linesOf } from './lines.js'
import { readReportLine } from './report-line.js'
import { Reporter } from './reporter.js'

/** Says that somebody is still at it where reports are far between; a step is `incomplete` after ten minutes without. */
const renewEveryMs = 60_000
/** What the command has left behind may hold its stdout open for ever. */
const afterEndMs = 2000

interface RunOptions {
  readonly store: ProvisioningStore
  readonly tenant: string
  readonly retryForMs: number
  readonly io: Io
}

/** Runs the command and reports what it says of its instances. Resolves with the exit status: see `svc cluster run --help`. */
export async function runReporting(step: StepRow | null, command: PreparedCommand, { store, tenant, retryForMs, io }: RunOptions): Promise<number> {
  const over = new AbortController()
  if (step === null) say(io, 'the event log is disabled: nothing is recorded')
  const reporter = new Reporter({
    store: async (report) => step && store.report(step.id, report, { tenant }),
    retryForMs,
    signal: over.signal,
    say: (sentence) => say(io, sentence),
  })
  const started = await command.start({ pipesStdout: true })
  if ('status' in started) {
    say(io, started.sentence)
    return started.status
  }
  const renewal = setInterval(() => void (step && store.renew(step.id, { tenant }).catch(() => undefined)), renewEveryMs) // a report says what is wrong
  try {
    const stop = stopAfter(started, over)
    await readLines(started, reporter, io)
    const status = await started.ended
    const unreported = await reporter.settle()
    const stopped = stop()
    if (unreported !== undefined) say(io, `not reported: ${unreported}`)
    const isWhole = (await judge(step && store.step(step.id, { tenant }), io)) && reporter.failed === 0 && unreported === undefined
    return status === 0 ? (stopped ?? (isWhole ? 0 : 1)) : status
  } finally {
    clearInterval(renewal)
    started.release()
  }
}

/** Once the command has ended signals are for svc alone: they end what is tried again. Gives what tells the exit status after one. */
function stopAfter(command: RunningCommand, over: AbortController): () => number | undefined {
  let stop: ReturnType<typeof catchStopSignals> | undefined
  void command.ended.then(() => {
    stop = catchStopSignals()
    command.release()
    stop.signal.addEventListener('abort', () => over.abort())
  })
  return () => {
    stop?.release()
    return stop?.status
  }
}

async function readLines(command: RunningCommand, reporter: Reporter, io: Io): Promise<void> {
  const { stdout } = command
  if (stdout === null) return
  for await (const lines of linesOf(untilIdle(stdout, command))) {
    let others = ''
    const handOn = async (): Promise<void> => {
      if (others !== '') await io.write(others)
      others = ''
    }
    for (const line of lines) {
      const report = readReportLine(line)
      if (report === undefined) others += line
      else reporter.report(report)
      if (!reporter.isFull) continue
      await handOn() // nobody is to wait for these
      await reporter.room()
    }
    await handOn()
  }
}

/** The stream to its end, or to when nothing has come for a while after the command has ended. */
async function* untilIdle(stdout: Readable, command: RunningCommand): AsyncGenerator<Buffer, void> {
  const chunks = (stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  let wake = (): void => {}
  void command.ended.then(() => wake())
  for (;;) {
    const next = chunks.next()
    const end = new Promise<void>((resolve) => (wake = resolve))
    if (!command.hasEnded) await Promise.race([next, end])
    const came = new AbortController()
    const chunk = await Promise.race([next, delay(afterEndMs, undefined, { signal: came.signal }).catch(() => undefined)])
    came.abort()
    if (chunk === undefined) stdout.destroy()
    if (chunk === undefined || chunk.done === true) return
    yield chunk.value
  }
}

/** Says how the step stands; false when an instance has failed or is missing. */
async function judge(reading: Promise<StepRow> | null, io: Io): Promise<boolean> {
  const row = await reading?.catch((error: unknown) => say(io, `cannot tell how the step stands: ${messageOf(error)}`))
  if (!row) return true
  const missing = row.total - row.completed - row.failed
  say(io, missing > 0 ? `${row.summary}; ${missing} missing` : row.summary)
  return row.successful === true
}
