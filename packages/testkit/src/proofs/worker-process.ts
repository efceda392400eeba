// A worker of the proofs: joins and leaves when it is told to, as often as it is told to.
import { join } from '@muster/servicegroup'
import type { JoinOptions, Membership, Worker } from '@muster/servicegroup'

import { answerCalls } from '../remote-calls.js'

const [backend = ''] = process.argv.slice(2)
let membership: Membership | undefined

const functions = {
  /** Only answers: the process is up. */
  ready: () => process.pid,
  join: async (options: JoinOptions): Promise<Worker> => {
    membership = await join({ backend, ...options })
    return membership.worker
  },
  /** Resolves to how long leaving took, ms. */
  leave: async (): Promise<number> => {
    const begun = performance.now()
    await membership?.leave()
    return performance.now() - begun
  },
}

export type WorkerFunctions = typeof functions

answerCalls(functions)
