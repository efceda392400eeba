// A process of its own for the suite: a coordinator on the URL it is given, which does what it is told.
import { openCoordinator } from '@muster/coordination'
import type { AcquireOptions, Campaign, Holding } from '@muster/coordination'

import { bootTime } from '../boot-clock.js'
import { answerCalls } from '../remote-calls.js'

/** How a holding stood at one moment, on the clock that all processes share. */
export interface Standing {
  readonly at: number
  readonly held: boolean
  readonly aborted: boolean
}

const [url = '', memberId = ''] = process.argv.slice(2)
const coordinator = await openCoordinator(url, { memberId })
const holdings = new Map<string, Holding>()
const campaigns = new Map<string, Campaign>()

function keep(name: string, holding: Holding): bigint {
  holdings.set(name, holding)
  return holding.fencingToken
}

function mustHave(name: string): Holding {
  const holding = holdings.get(name)
  if (!holding) throw new Error(`${name} was never held`)
  return holding
}

const standing = (name: string): Standing => {
  const { held, signal } = mustHave(name)
  return { at: bootTime(), held, aborted: signal.aborted }
}

const functions = {
  acquire: async (lock: string, options?: AcquireOptions) => keep(lock, await coordinator.getLock(lock).acquire(options)),
  release: (lock: string) => mustHave(lock).release(),
  campaign: async (group: string) => {
    const campaign = campaigns.get(group) ?? coordinator.campaign(group, { again: true })
    campaigns.set(group, campaign)
    return keep(group, await campaign.elected())
  },
  standDown: (group: string) => coordinator.standDownGroupLeader(group),
  standing,
  ended: async (name: string) => {
    const { message } = await mustHave(name).ended
    return { at: bootTime(), message }
  },
  /** Stops itself as SIGSTOP from outside would; how the holding stands is the first thing it does when it is continued. */
  stop: (name: string) => {
    const begunAt = bootTime()
    process.kill(process.pid, 'SIGSTOP')
    while (bootTime() < begunAt + 50); // a signal to a process may reach this thread a moment later
    return standing(name)
  },
  close: () => coordinator.close(),
}

export type CoordinatorFunctions = typeof functions

answerCalls(functions)
