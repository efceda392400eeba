import { messageOf, OperationTimedOut } from '@muster/common'
import type { GroupMembership } from '@muster/coordination'
import type { Session } from '@muster/coordination/internal'

import type { Membership } from '../service-group.js'
import type { Registration } from '../services/registration.js'
import type { PublishedLag } from './published-lag.js'
import type { Worker } from './worker.js'

const defaultLeaveTimeoutMs = 3000

interface Parts {
  readonly worker: Worker
  /** The member's own. */
  readonly session: Session
  readonly membership: GroupMembership
  readonly registration: Registration
  readonly lag: PublishedLag
}

/** `Membership` on a session of its own. */
export class WorkerMembership implements Membership {
  readonly #parts: Parts
  #leaving: Promise<void> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get worker(): Worker {
    const { worker, membership, registration, lag } = this.#parts
    return { ...worker, incarnation: membership.incarnation, uuid: registration.uuid, ...lag.row }
  }

  get state(): Membership['state'] {
    return this.#parts.membership.state
  }

  states(): AsyncIterable<Membership['state']> {
    return this.#parts.membership.states()
  }

  leave({ timeoutMs = defaultLeaveTimeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    this.#leaving ??= this.#leave(timeoutMs)
    return this.#leaving
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave()
  }

  /** Where a history is kept, so that it tells this from a death. */
  async #sayGoodbye(signal: AbortSignal): Promise<void> {
    const { membership, registration } = this.#parts
    if (await registration.isTold(signal)) await membership.leave(signal)
  }

  // The session is this member's own, so closing it removes the member, and a close that fails stops the renewals.
  async #leave(timeoutMs: number): Promise<void> {
    this.#parts.lag.stop()
    const until = performance.now() + timeoutMs
    await this.#sayGoodbye(AbortSignal.timeout(timeoutMs / 2)).catch(() => undefined) // the end of the session alone is enough to be gone
    try {
      await this.#parts.session.close({ timeoutMs: Math.max(1, until - performance.now()) })
    } catch (cause) {
      throw new OperationTimedOut('leave', timeoutMs, { cause, hint: 'The worker is no longer renewed: it goes from the list when its session ends.' })
    }
  }
}

/**
 * Leaves the group when the process is told to end, then lets the signal end it; exit status 1 if leaving failed.
 * A second signal ends the process at once. Does nothing once the membership is left otherwise.
 */
export function leaveOnSignal(membership: Membership, signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT']): void {
  const stopListening = (): void => {
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    stopListening()
    membership.leave().then(
      () => process.kill(process.pid, signal),
      (error: unknown) => {
        process.stderr.write(`${messageOf(error)}\n`)
        process.exit(1)
      },
    )
  }
  for (const signal of signals) process.on(signal, onSignal)
  void (async () => {
    for await (const state of membership.states()) if (state === 'left') stopListening()
  })()
}
