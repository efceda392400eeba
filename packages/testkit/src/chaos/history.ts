import type { FaultKind } from './plan.js'

/** What a process says is true, and saw at each of its many looks from `from` to `until`; `before` is just before the first one. */
export interface Claim {
  readonly by: string
  readonly id: string
  readonly of: Subject
  readonly before: number
  readonly from: number
  readonly until: number
}

export type Subject =
  | { readonly what: 'connected' }
  /** `label` names one join of one process; its capabilities carry it. */
  | { readonly what: 'member'; readonly group: string; readonly label: string }
  | { readonly what: 'held'; readonly contest: string; readonly isShared: boolean; readonly token: bigint }

export type Outcome = 'done' | 'failed'

export type Happening =
  | { readonly type: 'opened' }
  /** `limitMs` is for the answer, not counting what the process itself was away. */
  | { readonly type: 'asked'; readonly call: number; readonly what: string; readonly limitMs: number }
  /** `code` is that of a MusterError; a failure without one is a bug. */
  | { readonly type: 'answered'; readonly call: number; readonly outcome: Outcome; readonly code?: unknown; readonly message?: string }
  | { readonly type: 'lost'; readonly contest: string; readonly token: bigint; readonly reason: string }
  | { readonly type: 'state'; readonly state: string; readonly epoch: number }
  /** The process did nothing from `from` to `at`: it was stopped, or the machine was busy. */
  | { readonly type: 'away'; readonly from: number }
  /** A list that was asked for at `asked` and answered at `at`, by labels. */
  | { readonly type: 'listed'; readonly group: string; readonly asked: number; readonly members: readonly string[] }
  | { readonly type: 'viewed'; readonly group: string; readonly members: readonly string[] }
  /** Done by the leave of one group, or by the close: what had `label` is over. */
  | { readonly type: 'left'; readonly label: string }
  /** In force from `from` to `at`. */
  | { readonly type: 'fault'; readonly kind: FaultKind; readonly from: number }
  /** What follows a coordinator ended by something else than its close. */
  | { readonly type: 'broken'; readonly message: string }
  /** The process is surely dead. */
  | { readonly type: 'killed' }
  /** `afterMs` it had nothing more to do. */
  | { readonly type: 'exited'; readonly code: number | null; readonly afterMs: number }
  | { readonly type: 'rest'; readonly rest: Rest }
  /** What the store still had when all were gone. */
  | { readonly type: 'remains'; readonly remains: readonly string[] }

export type Event = Happening & { readonly at: number; readonly by: string }

export interface History {
  /** In the order of `at`. */
  readonly events: readonly Event[]
  readonly claims: readonly Claim[]
  readonly bounds: Bounds
}

/** In ms. */
export interface Bounds {
  /** How long after its death a process may be listed, faults and busy moments not counted. */
  readonly goneWithin: number
  /** How long all must have gone well before a member that is alive must be in what others see. */
  readonly seenWithin: number
  /** How long a closed process may take to end by itself. */
  readonly exitWithin: number
}

/** One who is alive when all is healed: what it believes of itself, and what it sees. */
export interface Truth {
  readonly by: string
  readonly memberId: string
  /** Something it was told to do is not done. */
  readonly isBusy: boolean
  readonly isConnected: boolean
  /** By group, label and revision of the capabilities. */
  readonly joined: Readonly<Record<string, string>>
  /** Its places in the line of each contest, as holder or waiting. */
  readonly contending: Readonly<Record<string, number>>
  /** By group, the token of its leadership. */
  readonly leading: Readonly<Record<string, bigint>>
  readonly views: Readonly<Record<string, readonly string[]>>
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly leaders: Readonly<Record<string, bigint | undefined>>
}

/** The moment when all is healed and everything should fit. */
export interface Rest {
  readonly truths: readonly Truth[]
  /** By contest, the member ids that stand in its line. */
  readonly lines: Readonly<Record<string, readonly string[]>>
}

/** A member whose data nobody can read stands in every group. */
export const unreadable = 'unreadable'
