import { messageOf, OperationTimedOut } from '@muster/common'
import type { Coordinator, GroupMembership } from '@muster/coordination'

import type { PublishedLag } from './published-lag.js'
import type { Membership } from './service-group.js'
import type { Worker } from './worker.js'

const defaultLeaveTimeoutMs = 3000

/** `Membership` on a group membership of its own coordinator. */
export class WorkerMembership implements Membership {
  readonly #worker: Worker
  readonly #coordinator: Coordinator
  readonly #membership: GroupMembership
  readonly #lag: PublishedLag
  #leaving: Promise<void> | undefined

  constructor(worker: Worker, coordinator: Coordinator, membership: GroupMembership, lag: PublishedLag) {
    this.#worker = worker
    this.#coordinator = coordinator
    this.#membership = membership
    this.#lag = lag
  }

  get worker(): Worker {
    return { ...this.#worker, incarnation: this.#membership.incarnation, ...this.#lag.row }
  }

  get state(): Membership['state'] {
    return this.#membership.state
  }

  states(): AsyncIterable<Membership['state']> {
    return this.#membership.states()
  }

  leave({ timeoutMs = defaultLeaveTimeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    this.#leaving ??= this.#leave(timeoutMs)
    return this.#leaving
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave()
  }

  // The session is this member's own, so closing it removes the member, and a close that fails stops the renewals.
  async #leave(timeoutMs: number): Promise<void> {
    this.#lag.stop()
    try {
      await this.#coordinator.close({ timeoutMs })
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
