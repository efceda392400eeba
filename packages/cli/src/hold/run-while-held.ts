import { exitStatusByCode, isMusterError, messageOf } from '@muster/common'
import type { MusterError } from '@muster/common'
import type { Coordinator, Holding } from '@muster/coordination'

import type { Io } from '../io.js'
import { say } from '../io.js'
import { prepareCommand } from '../run/start-command.js'
import type { PreparedCommand } from '../run/start-command.js'
import { catchStopSignals } from '../stop-signals.js'
import { endCommand } from './end-command.js'
import { contenderId } from './member-id.js'
import { tellWaiting } from './tell-waiting.js'

export interface Prize {
  /** In words: `lock 'disk'`. */
  readonly what: string
  /** Waits for it. What it gives must keep its place until it is released. */
  win(coordinator: Coordinator, signal: AbortSignal): Promise<Holding>
  /** Who is in the way, in words; undefined for nobody. */
  whoHas(coordinator: Coordinator, signal: AbortSignal): Promise<string | undefined>
}

/** Giving it back takes at most so long; it then goes with its session. */
const releaseTimeoutMs = 3000
/** There is nothing to give back, or nobody who would hear it. */
const closeTimeoutMs = 500
/** How long a command has for its end when another may hold the prize already. */
const shortGraceMs = 1000

/**
 * Waits for a lock or a leadership, runs the command while it is held, and gives it back. Resolves with the exit status: that of the
 * command; 75 if it was lost before the command had ended, which is then ended; 128 + n when signal n ends the wait.
 */
export async function runWhileHeld(prize: Prize, command: readonly string[], backend: string, io: Io): Promise<number> {
  const prepared = await prepareCommand(command, io.env.PATH, 'KILL')
  if ('status' in prepared) {
    say(io, prepared.sentence)
    return prepared.status
  }
  const { openCoordinator } = await import('@muster/coordination')
  const coordinator = await openCoordinator(backend, { memberId: contenderId(command[0] ?? '', io.env) })
  let holding: Holding | undefined
  const win = async (signal: AbortSignal): Promise<Holding> => (holding = await winAloud(prize, coordinator, io, signal))
  try {
    return await winAndRun(win, prepared, coordinator.timeoutMs, io)
  } finally {
    const isHeld = holding?.held === true
    await coordinator.close({ timeoutMs: isHeld ? releaseTimeoutMs : closeTimeoutMs }).catch((error: unknown) => {
      if (isHeld) say(io, `could not release ${prize.what}: ${messageOf(error)}; it goes with its session`)
    })
  }
}

async function winAloud(prize: Prize, coordinator: Coordinator, io: Io, signal: AbortSignal): Promise<Holding> {
  const over = new AbortController()
  void tellWaiting(prize.what, (inTime) => prize.whoHas(coordinator, inTime), (sentence) => say(io, sentence), AbortSignal.any([signal, over.signal]))
  try {
    return await prize.win(coordinator, signal)
  } finally {
    over.abort()
  }
}

async function winAndRun(win: (signal: AbortSignal) => Promise<Holding>, command: PreparedCommand, sessionTimeoutMs: number, io: Io): Promise<number> {
  const stop = catchStopSignals()
  let holding: Holding
  let starting: ReturnType<PreparedCommand['start']>
  try {
    holding = await win(stop.signal)
    if (stop.status !== undefined) return stop.status
    starting = command.start({ env: { SVC_FENCING_TOKEN: String(holding.fencingToken) } }) // it takes the signals over within this call
  } catch (error) {
    if (stop.status !== undefined) return stop.status
    throw error
  } finally {
    stop.release()
  }
  const started = await starting
  if ('status' in started) {
    say(io, started.sentence)
    return started.status
  }
  try {
    const status = await Promise.race([started.ended, holding.ended.then(() => undefined)])
    if (status !== undefined && holding.held) return status
    const reason = await holding.ended
    say(io, `${reason.message}; ${status === undefined ? 'ending the command' : 'the command has ended'}`)
    const graceMs = graceAfter(reason, sessionTimeoutMs)
    await endCommand(started, graceMs, () => say(io, `the command did not end within ${Math.round(graceMs)} ms of TERM; sending KILL`))
    return exitStatusByCode.lock_lost
  } finally {
    started.release()
  }
}

/**
 * After a silence of two thirds of the session timeout nobody else is let in for the last third: a quarter of the timeout leaves some of
 * it for the end itself. For any other reason another may hold it as soon as it is given back, or already.
 */
function graceAfter({ cause }: MusterError, sessionTimeoutMs: number): number {
  return isMusterError(cause, 'backend_unreachable') ? sessionTimeoutMs / 4 : Math.min(sessionTimeoutMs / 4, shortGraceMs)
}
