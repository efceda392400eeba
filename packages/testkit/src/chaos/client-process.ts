// A process of its own: one client that does what it is told, and ends by itself when it is told to.
import { openCoordinator } from '@muster/coordination'

import { bootTime } from '../boot-clock.js'
import { answerCalls } from '../remote-calls.js'
import { Client } from './client.js'
import type { Claim, Event, Happening } from './history.js'
import { Looks } from './looks.js'
import type { Act } from './plan.js'

/** What it sends now and then, besides its answers. */
export interface Report {
  readonly events: readonly Event[]
  readonly claims: readonly Claim[]
}

const reportEveryMs = 50

let client: Client | undefined
let looks: Looks | undefined
let events: Event[] = []

function report(): void {
  const claims = looks?.take() ?? []
  if (events.length + claims.length > 0) process.send?.({ events, claims } satisfies Report)
  events = []
}

const mustBeOpen = (): Client => {
  if (!client) throw new Error('It has not been opened')
  return client
}

const functions = {
  open: async (by: string, url: string, memberId: string) => {
    const tell = (happening: Happening, at = bootTime()): void => void events.push({ ...happening, at, by })
    looks = new Looks(by, (from) => tell({ type: 'away', from }))
    tell({ type: 'opened' })
    client = new Client(by, await openCoordinator(url, { memberId }), looks, tell)
    setInterval(report, reportEveryMs).unref()
  },
  act: (act: Act) => mustBeOpen().act(act),
  truth: () => mustBeOpen().truth(),
  end: async (isOrderly: boolean) => {
    await mustBeOpen().end(isOrderly)
    looks?.stop()
    report()
  },
  /** Hangs up after its answer: then nothing may keep it alive. */
  hangUp: () => {
    process.removeAllListeners('disconnect')
    setImmediate(() => process.disconnect())
  },
}

export type ClientFunctions = typeof functions

answerCalls(functions)
