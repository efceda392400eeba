import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError, OperationTimedOut } from '@muster/common'

import { Rejected } from '../contract.js'
import type { Incarnation, Session } from '../contract.js'
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
const briefMs = 50

/**
 * Stands in line until it is its turn: at the end again if its place was lost with the session, at the same place if the backend
 * was merely out of reach.
 */
export async function contend(contest: Contest, { timeoutMs, signal }: Patience): Promise<Holding> {
  const until = timeoutMs ? performance.now() + timeoutMs : Infinity // tried once, the calls have their own deadlines
  let cause: unknown
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal?.throwIfAborted()
    const remainingMs = until - performance.now()
    if (remainingMs <= 0) throw new OperationTimedOut(`Waiting for ${contest.what}`, timeoutMs ?? 0, { cause })
    using deadline = new Deadline(until === Infinity ? undefined : remainingMs, signal)
    try {
      const holding = await contendOnce(contest, deadline, timeoutMs === 0)
      if (holding?.held) return holding
      void holding?.release().catch(() => undefined) // lost while it was being won
    } catch (error) {
      signal?.throwIfAborted()
      if (!deadline.isOver) {
        if (timeoutMs === 0 || !willPass(error)) throw error
        cause = error
      }
    }
    await pause(Math.min(pauseMs, until - performance.now()), signal)
  }
}

/** Undefined when its place in the line was lost. */
async function contendOnce(contest: Contest, deadline: Deadline, isTry: boolean): Promise<Holding | undefined> {
  const { session, trust } = contest
  const { epoch } = session
  const stopRelying = trust.rely({ epoch, needsContact: false, end: (reason) => deadline.abort(reason) })
  let place: Incarnation | undefined
  try {
    const entering = enter(contest, epoch, deadline.signalIfLimited)
    const firstLook = session.keys(contest.collection, { signal: deadline.signalIfLimited }).catch(() => undefined) // right behind: mostly it shows the place
    place = await entering
    const isFirst = await untilFirst(contest, place, await firstLook, isTry, deadline)
    return isFirst ? hold(contest, place, epoch) : undefined
  } catch (error) {
    const leaving = place && leave(contest, epoch, place.key)
    if (isTry && !isMusterError(error, 'backend_unreachable')) await leaving
    throw isMusterError(deadline.reason) ? deadline.reason : error // the session is over, which is why whatever failed has failed
  } finally {
    stopRelying()
  }
}

/** Takes a place at the end of the line. */
async function enter(contest: Contest, epoch: number, signal: AbortSignal | undefined): Promise<Incarnation> {
  const { session, collection, kind, memberId } = contest
  const nonce = crypto.randomUUID().replaceAll('-', '')
  try {
    const { keys, revision } = await session.commit([{ op: 'append', collection, nonce, infix: infixOf[kind], data: encodeContender({ memberId }), ephemeral: true }], { epoch, signal })
    return { collection, key: keys[0] as string, created: revision, modified: revision }
  } catch (error) {
    if (error instanceof Rejected) throw contest.missing()
    if (!isMusterError(error) || error.code === 'outcome_unknown') void retract(contest, epoch, nonce)
    throw error
  }
}

/**
 * Waits for its turn; false when its place is lost. Only the end of the one before it wakes it. Keys that were read after the
 * place was taken, and from whatever server, show all who are before it: such can only go.
 */
async function untilFirst({ session, collection, taken }: Contest, { key }: Incarnation, firstLook: readonly string[] | undefined, isTry: boolean, deadline: Deadline): Promise<boolean> {
  let keys = firstLook?.includes(key) === true ? firstLook : undefined
  for (let pauseMs = firstPauseMs; ; ) {
    try {
      keys ??= await session.keys(collection, { signal: deadline.signal })
      const line = lineUp(keys)
      const index = line.findIndex((contender) => contender.key === key)
      if (index < 0) return false
      const blocker = blockerOf(line, index)
      if (!blocker) return true
      if (isTry) throw taken()
      const entry = await session.read({ collection, key: blocker.key }, { signal: deadline.signal })
      if (entry) await session.gone(entry, { signal: deadline.signal })
      pauseMs = firstPauseMs
    } catch (error) {
      if (isTry || !willPass(error)) throw error
      await pause(pauseMs, deadline.signal)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
    keys = undefined
  }
}

function hold(contest: Contest, place: Incarnation, epoch: number): Holding {
  const { session, trust, what, keepPlace = false } = contest
  let watching: AbortController | undefined
  const withdraw = (): Promise<void> => {
    clearTimeout(timer)
    watching?.abort()
    return leave(contest, epoch, place.key)
  }
  // What is held for a moment only costs nobody a watch of its place.
  const timer = setTimeout(() => {
    watching = new AbortController()
    watchOver(session, place, holding, watching.signal).catch(() => undefined) // it was released, or the session is over, which `trust` tells
  }, briefMs).unref()
  const holding = new Holding({ what, created: place.created, epoch, trust, sessionTimeoutMs: session.timeoutMs, keepPlace, withdraw })
  return holding
}

/** Ends the holding when another hand removes its entry, or asks in it that the holder let go. */
async function watchOver(session: Session, place: Incarnation, holding: Holding, signal: AbortSignal): Promise<void> {
  for (let known = place; holding.held; ) {
    await session.gone(known, { orChanged: true, signal })
    const entry = await session.read(place, { signal })
    if (entry?.created !== place.created) {
      holding.lose('its place in the line was removed by another hand')
      return
    }
    const { request } = decodeContender(entry.data)
    if (request !== undefined) holding.lose(`asked to let go: ${request}`)
    known = entry
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
      await attempt()
      return
    } catch (error) {
      if (!willPass(error) || session.epoch !== epoch || session.trustedUntil() === 0) return
    }
    await pause(pauseMs)
  }
}

/** Waits so long, or up to half of it less. */
const pause = (ms: number, signal?: AbortSignal): Promise<void> => delay(Math.max(0, ms) * (0.5 + Math.random() / 2), undefined, { signal })

/** True for what another attempt may mend. */
const willPass = (error: unknown): boolean =>
  isMusterError(error) && ['backend_unreachable', 'outcome_unknown', 'operation_timed_out', 'queue_full', 'session_lost'].includes(error.code)
