import fc from 'fast-check'

/** What a client is told to do. Times in ms. */
export type Act =
  | { readonly do: 'join'; readonly group: number }
  | { readonly do: 'leave'; readonly group: number }
  | { readonly do: 'update'; readonly group: number }
  | { readonly do: 'lock'; readonly lock: number; readonly isShared: boolean; readonly patienceMs: number; readonly holdMs: number }
  | { readonly do: 'break'; readonly lock: number }
  | { readonly do: 'campaign'; readonly group: number; readonly leadMs: number }

export const networkFaults = ['partition', 'deaf', 'mute', 'lossy', 'slow', 'cut', 'lost reply', 'refused'] as const
export const serverFaults = ['server killed', 'server stopped'] as const
export type FaultKind = 'killed' | 'stopped' | 'store locked' | (typeof networkFaults)[number] | (typeof serverFaults)[number]

export interface Fault {
  readonly do: 'fault'
  readonly kind: FaultKind
  /** Which of the servers, for those that hit one. */
  readonly server: number
  readonly ms: number
}

/** `client` is one of the plan's, modulo their number. */
export interface Step {
  readonly afterMs: number
  readonly client: number
  readonly act: Act | Fault
}

export interface Plan {
  readonly clients: number
  readonly steps: readonly Step[]
}

const groupCount = 2
const lockCount = 2
export const groupName = (index: number): string => `group-${index}`
export const lockName = (index: number): string => `lock-${index}`
export const groupNames: readonly string[] = Array.from({ length: groupCount }, (_, index) => groupName(index))
export const lockNames: readonly string[] = Array.from({ length: lockCount }, (_, index) => lockName(index))
export const contestFor = (group: string): string => `the leadership of ${group}`
const mostClients = 5
const mostSteps = 40

const group = fc.nat(groupCount - 1)
/** Most want the same one. */
const lock = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(lockCount - 1) })
const patience = (longestMs: number): fc.Arbitrary<number> => fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: time(longestMs) })
const time = (most: number): fc.Arbitrary<number> => fc.nat(most / 10).map((tenths) => tenths * 10)

type Weighted = readonly [weight: number, act: fc.Arbitrary<Act>]
const acts = (longestMs: number): readonly Weighted[] => [
  [18, fc.record({ do: fc.constant('lock' as const), lock, isShared: fc.nat(2).map((third) => third === 2), patienceMs: patience(longestMs), holdMs: time(longestMs / 2) })],
  [7, fc.record({ do: fc.constant('join' as const), group })],
  [7, fc.record({ do: fc.constant('campaign' as const), group, leadMs: time(longestMs) })],
  [3, fc.record({ do: fc.constant('leave' as const), group })],
  [2, fc.record({ do: fc.constant('update' as const), group })],
  [1, fc.record({ do: fc.constant('break' as const), lock })],
]

/**
 * Plans with the faults that a backend can have; `faults` gives each its weight; all that clients do has 38. Nothing lasts longer than
 * `longestMs`, which should be enough for a session to end and for another client to see it.
 */
export function plans(faults: Partial<Record<FaultKind, number>>, longestMs: number): fc.Arbitrary<Plan> {
  const troubles = Object.entries(faults).map(([kind, weight]) => ({
    weight,
    arbitrary: fc.record({ do: fc.constant('fault' as const), kind: fc.constant(kind as FaultKind), server: fc.nat(2), ms: time(longestMs) }),
  }))
  const act: fc.Arbitrary<Act | Fault> = fc.oneof(...acts(longestMs).map(([weight, arbitrary]) => ({ weight, arbitrary })), ...troubles)
  const step = fc.record({ afterMs: time(250), client: fc.nat(mostClients - 1), act })
  return fc.record({ clients: fc.integer({ min: 2, max: mostClients }), steps: fc.array(step, { maxLength: mostSteps, size: 'max' }) })
}

/** In words, for the one who must understand a failure. */
export function describe(act: Act | Fault): string {
  switch (act.do) {
    case 'join':
    case 'leave':
      return `${act.do} ${groupName(act.group)}`
    case 'update':
      return `update its capabilities in ${groupName(act.group)}`
    case 'lock':
      return `acquire ${lockName(act.lock)} ${act.isShared ? 'shared' : 'alone'}, ${act.patienceMs === 0 ? 'one try' : `wait ${act.patienceMs} ms`}, hold it ${act.holdMs} ms`
    case 'break':
      return `break ${lockName(act.lock)}`
    case 'campaign':
      return `campaign for ${contestFor(groupName(act.group))}, stand down after ${act.leadMs} ms`
    case 'fault':
      return `FAULT ${act.kind}${(serverFaults as readonly string[]).includes(act.kind) ? ` (server ${act.server})` : ''}${act.kind === 'killed' || act.kind === 'cut' ? '' : `, ${act.ms} ms`}`
  }
}
