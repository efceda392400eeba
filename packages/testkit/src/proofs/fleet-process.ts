// Many clients in one process, each with a session of its own, of which each keeps what it was told.
import { monitorEventLoopDelay } from 'node:perf_hooks'

import { Coordinator } from '@muster/coordination'
import type { ConnectionState } from '@muster/coordination'
import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import { bootTime, toBootTime } from '../boot-clock.js'
import { answerCalls } from '../remote-calls.js'

/** One thing that a client was told. Moments are on the clock of all processes. */
export interface Told {
  readonly state: ConnectionState['state']
  readonly epoch: number
  readonly at: number
  /** Until then its session was sure to live; 0 when it is lost. */
  readonly trustedUntil: number
}

const [backend = '', group = ''] = process.argv.slice(2)
const clients: { readonly session: Session; readonly told: Told[] }[] = []
const listeners = new Set<() => void>()
const eventLoop = monitorEventLoopDelay({ resolution: 1 })

async function open(memberId: string): Promise<void> {
  const session = await openSession(backend)
  const told: Told[] = []
  clients.push({ session, told })
  void (async () => {
    for await (const { state, epoch } of session.states()) {
      const trustedUntil = session.trustedUntil()
      told.push({ state, epoch, at: bootTime(), trustedUntil: trustedUntil === 0 ? 0 : toBootTime(trustedUntil) })
      for (const listener of listeners) listener()
    }
  })()
  await new Coordinator(session, { memberId }).joinGroupCreate(group, (incarnation) => ({ incarnation }))
}

const functions = {
  /** Resolves when so many clients have joined. */
  open: async (count: number): Promise<void> => {
    await Promise.all(Array.from({ length: count }, (_, index) => open(`client-${index}`)))
    eventLoop.enable()
  },
  /** Resolves when every client was told of the state at or after that moment, with what each was told first. */
  told: (state: Told['state'], since: number): Promise<Told[]> =>
    new Promise((resolve) => {
      const look = (): void => {
        const first = clients.flatMap(({ told }) => told.find((one) => one.state === state && one.at >= since) ?? [])
        if (first.length < clients.length) return
        listeners.delete(look)
        resolve(first)
      }
      listeners.add(look)
      look()
    }),
  /** All that the clients were told. */
  stories: () => clients.map(({ told }) => told),
  /** As the servers have granted it, ms. */
  timeoutMs: () => clients[0]?.session.timeoutMs ?? NaN,
  /** How long something else had to wait for this process at the most, ms. */
  longestPause: () => eventLoop.max / 1e6,
}

export type FleetFunctions = typeof functions

answerCalls(functions)
