import type fc from 'fast-check'

import type { Bounds } from './history.js'
import type { Fault, Plan } from './plan.js'

/** A backend to play on, one plan after the other. */
export interface Theatre extends AsyncDisposable {
  readonly name: string
  readonly bounds: Bounds
  /** With the faults that it knows. */
  readonly plans: fc.Arbitrary<Plan>
  /** An empty store for so many clients. */
  stage(clients: number): Promise<Stage>
}

export interface Stage extends AsyncDisposable {
  /** For one of the clients, past all that can happen to it. */
  url(client: number): string
  /** For the one who looks on: no network lies between. */
  readonly directUrl: string
  /** Makes it happen to that client, or to a server. Resolves when it is over; false if it could not be, as the same is under way. */
  inflict(fault: Fault, client: number): Promise<boolean>
  /** Resolves when all servers serve. */
  settled(): Promise<void>
  /** What the store still keeps of sessions. */
  remains(): Promise<readonly string[]>
}
