// Holds many locks at once and looks all the time which of them it still holds.
import { openCoordinator } from '@muster/coordination'
import type { Holding } from '@muster/coordination'

import { bootTime } from '../boot-clock.js'
import { answerCalls } from '../remote-calls.js'

/** When one holding first and last read true, on the clock of all processes, and its token. */
export interface Span {
  readonly lock: string
  readonly fencingToken: bigint
  readonly firstHeldAt: number
  lastHeldAt: number
}

const lookEveryMs = 2
const [url = '', memberId = ''] = process.argv.slice(2)
const coordinator = await openCoordinator(url, { memberId })
let kept: { readonly holding: Holding; readonly span: Span }[] = []

setInterval(() => {
  for (const { holding, span } of kept) {
    const before = bootTime()
    if (holding.held) span.lastHeldAt = before
  }
}, lookEveryMs)

async function take(lock: string): Promise<Span> {
  const holding = await coordinator.getLock(lock).acquire()
  const { held, fencingToken } = holding
  const now = bootTime()
  if (!held) return take(lock) // lost before anybody could look
  const span = { lock, fencingToken, firstHeldAt: now, lastHeldAt: now }
  kept.push({ holding, span })
  return span
}

const functions = {
  /** Resolves when all of them are held. */
  take: (locks: readonly string[]): Promise<Span[]> => Promise.all(locks.map(take)),
  /** Resolves when none of them is held any more, with how long each was. */
  lost: async (): Promise<Span[]> => {
    const all = kept
    await Promise.all(all.map(({ holding }) => holding.ended))
    await new Promise((resolve) => setTimeout(resolve, 10 * lookEveryMs)) // some more looks
    kept = []
    return all.map(({ span }) => span)
  },
  /** Releases all of them; resolves with the moment at which it began. */
  release: async (): Promise<number> => {
    const begunAt = bootTime()
    await Promise.all(kept.splice(0).map(({ holding }) => holding.release()))
    return begunAt
  },
}

export type KeeperFunctions = typeof functions

answerCalls(functions)
