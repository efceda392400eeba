import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError, OperationTimedOut } from '@muster/common'

import { Rejected } from '../contract.js'
import type { Entry, Session } from '../contract.js'
import { Deadline } from '../deadline.js'
import { Holding } from './holding.js'
import { blockerOf, decodeContender, encodeContender, infixOf, lineUp } from './queue.js'
import type { ContenderKind } from './queue.js'
import type { Trust } from './trust.js'

/** What is contended for, by whom. */
export interface Contest {
  readonly session: Session
  readonly trust: Trust
  readonly collection: string
  readonly memberId: string
  readonly kind: ContenderKind
  /** In words: `Lock 'disk'`. */
  readonly what: string
  /** The error for a line that cannot be there, and for one in which others stand. */
  readonly missing: () => Error
  readonly taken: () => Error
  readonly keepPlace?: boolean | undefined
}

export interface Keeping {
  /**
   * After a loss, stay in the line until `release`, so that nobody else is let in before what is protected has been stopped; as
   * far as the session lives and no other hand interferes. Whoever asks for it must call `release`. Default: leave at once.
   */
  readonly keepPlace?: boolean | undefined
}

export interface Patience {
  /** How long to wait for the turn, ms; 0 tries once. Default: for ever. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const firstPauseMs = 20
const longestPauseMs = 2000

/**
 * Stands in line until it is its turn: at the end again if its place was lost with the session, at the same place if the backend
 * was merely out of reach.
 */
export async function contend(contest: Contest, { timeoutMs, signal }: Patience): Promise<Holding> {
  signal?.throwIfAborted()
  using deadline = new Deadline(timeoutMs || undefined, signal)
  let cause: unknown
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      const holding = await contendOnce(contest, deadline, timeoutMs === 0)
      if (holding?.held) return holding
      void holding?.release().catch(() => undefined) // lost while it was being won
      // Tried once, it must not wait for a backend that is not there; whoever answers this has a session for the next attempt.
      if (timeoutMs === 0) await contest.session.keys(contest.collection, { consistent: true, signal })
      await deadline.pause(pauseMs)
    } catch (error) {
      if (deadline.isOver) throw new OperationTimedOut(`Waiting for ${contest.what}`, timeoutMs ?? 0, { cause })
      signal?.throwIfAborted()
      if (timeoutMs === 0 || !willPass(error)) throw error
      cause = error
      await deadline.pause(pauseMs).catch(() => undefined)
    }
  }
}

/** Undefined when its place in the line was lost. */
async function contendOnce(contest: Contest, deadline: Deadline, isTry: boolean): Promise<Holding | undefined> {
  const { session, trust } = contest
  const { epoch } = session
  const end = new AbortController()
  const giveUp = (): void => end.abort(deadline.signal.reason)
  deadline.signal.addEventListener('abort', giveUp)
  const stopRelying = trust.rely({ epoch, needsContact: false, end: (reason) => end.abort(reason) })
  let key: string | undefined
  try {
    deadline.signal.throwIfAborted()
    key = await enter(contest, epoch, end.signal)
    const entry = await untilFirst(contest, key, isTry, end.signal)
    return entry && hold(contest, entry, epoch)
  } catch (error) {
    const leaving = key !== undefined && leave(contest, epoch, key)
    if (isTry && !isMusterError(error, 'backend_unreachable')) await leaving
    if (end.signal.aborted && !deadline.signal.aborted && isMusterError(end.signal.reason, 'session_lost')) return undefined
    throw error
  } finally {
    stopRelying()
    deadline.signal.removeEventListener('abort', giveUp)
  }
}

/** Takes a place at the end of the line; resolves with its key. */
async function enter(contest: Contest, epoch: number, signal: AbortSignal): Promise<string> {
  const { session, collection, kind, memberId } = contest
  const nonce = randomBytes(16).toString('hex')
  try {
    const { keys } = await session.commit([{ op: 'append', collection, nonce, infix: infixOf[kind], data: encodeContender({ memberId }), ephemeral: true }], { epoch, signal })
    return keys[0] as string
  } catch (error) {
    if (error instanceof Rejected) throw contest.missing()
    if (!isMusterError(error) || error.code === 'outcome_unknown') void retract(contest, epoch, nonce)
    throw error
  }
}

/** Waits for its turn; undefined when its place is lost. Only the end of the one before it wakes it. */
async function untilFirst(contest: Contest, key: string, isTry: boolean, signal: AbortSignal): Promise<Entry | undefined> {
  const { session, collection } = contest
  for (let pauseMs = firstPauseMs; ; ) {
    try {
      // Whoever was before it is in what a server shows after it was let in itself, or is gone.
      const [keys, own] = await Promise.all([session.keys(collection, { signal }), session.read({ collection, key }, { signal })])
      const line = lineUp(keys)
      const index = line.findIndex((contender) => contender.key === key)
      if (!own || index < 0 || (await session.ownership(own)) !== 'self') return undefined
      const blocker = blockerOf(line, index)
      if (!blocker) return own
      if (isTry) throw contest.taken()
      const entry = await session.read({ collection, key: blocker.key }, { signal })
      if (entry) await session.gone(entry, { signal })
      pauseMs = firstPauseMs
    } catch (error) {
      if (isTry || !willPass(error)) throw error
      await delay(pauseMs * (0.5 + Math.random()), undefined, { signal })
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }
}

function hold(contest: Contest, entry: Entry, epoch: number): Holding {
  const { session, trust, what, keepPlace = false } = contest
  const stop = new AbortController()
  const withdraw = (): Promise<void> => {
    stop.abort()
    return leave(contest, epoch, entry.key)
  }
  const holding = new Holding({ what, created: entry.created, epoch, trust, sessionTimeoutMs: session.timeoutMs, keepPlace, withdraw })
  watchOver(session, entry, holding, stop.signal).catch(() => undefined) // it was released, or the session is over, which `trust` tells
  return holding
}

/** Ends the holding when another hand removes its entry, or asks in it that the holder let go. */
async function watchOver(session: Session, entry: Entry, holding: Holding, signal: AbortSignal): Promise<void> {
  for (let known: Entry | undefined = entry; ; ) {
    await session.gone(known, { orChanged: true, signal })
    known = await session.read(entry, { signal })
    if (known?.created !== entry.created) { holding.lose('its place in the line was removed by another hand'); return; }
    const { request } = decodeContender(known.data)
    if (request !== undefined) { holding.lose(`asked to let go: ${request}`); return; }
  }
}

function leave(contest: Contest, epoch: number, key: string): Promise<void> {
  return untilDone(contest, epoch, () => remove(contest, key))
}

/** Leaves the line if it ever came to stand in it. */
function retract(contest: Contest, epoch: number, nonce: string): Promise<void> {
  return untilDone(contest, epoch, async () => {
    const key = (await contest.session.keys(contest.collection)).find((name) => name.startsWith(nonce))
    if (key !== undefined) await remove(contest, key)
  })
}

async function remove({ session, collection }: Contest, key: string): Promise<void> {
  await session.commit([{ op: 'delete', at: { collection, key } }])
}

/** Tries until it works or the session of that epoch is over, and all that belongs to it gone. */
async function untilDone({ session }: Contest, epoch: number, attempt: () => Promise<void>): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await attempt(); return;
    } catch (error) {
      if (!willPass(error) || session.epoch !== epoch || session.trustedUntil() === 0) return
    }
    await delay(pauseMs * (0.5 + Math.random()))
  }
}

/** True for what another attempt may mend. */
const willPass = (error: unknown): boolean =>
  isMusterError(error) && ['backend_unreachable', 'outcome_unknown', 'operation_timed_out', 'queue_full', 'session_lost'].includes(error.code)
