import type { Service, Worker } from '@muster/servicegroup'
import type { OutboxGap } from '@muster/servicegroup/internal'

/** What happened. `gap`: changes of services that nobody took in time; which is in `gap`. */
export type ChangeKind = 'service.created' | 'service.updated' | 'service.deleted' | 'worker.joined' | 'worker.updated' | 'worker.left' | 'gap'

/**
 * Why. `join`: a worker has come. `leave`: it has left of its own accord. `session_lost`: it has died, or was out of reach for too long.
 * `gone`: a worker of another program is no more, who can say why. `admin`: somebody has decided it. `adopted`: the service of workers of
 * another program. `maintenance`: a window has begun or ended. `unknown`: nobody watched.
 */
export type Cause = 'join' | 'leave' | 'session_lost' | 'gone' | 'admin' | 'adopted' | 'maintenance' | 'unknown'

/** A service as the history knows it: its record and what was observed of it. */
export type ObservedService = Omit<Service, 'createdAt' | 'updatedAt' | 'index'>

/** One change, as it is kept. Absent is null. */
export interface Change {
  /** Grows by one from change to change; never used again. */
  readonly seq: number
  readonly id: string
  /** When it was committed, or seen: RFC 3339 with milliseconds. */
  readonly at: string
  readonly kind: ChangeKind
  /** The service's type, host and uuid; of a worker, those of its service. */
  readonly type: string | null
  readonly host: string | null
  readonly uuid: string | null
  readonly group: string | null
  readonly memberId: string | null
  readonly cause: Cause
  readonly actor: string | null
  readonly source: string | null
  readonly reason: string | null
  /** True when more than half of a group, and at least five, went within ten seconds. */
  readonly massLoss: boolean
  readonly before: ObservedService | Worker | null
  readonly after: ObservedService | Worker | null
  readonly gap: OutboxGap | null
}

/** A change that has no number yet. */
export type NewChange = Omit<Change, 'seq'>
