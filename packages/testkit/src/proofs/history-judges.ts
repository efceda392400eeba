import type { Change, ObservedService } from '@muster/notifications'

/** How a worker ended, as those know who ended it. */
export interface Ended {
  readonly memberId: string
  readonly how: 'left' | 'killed'
}

/** Numbers that are missing or come twice. */
export function brokenNumbers(changes: readonly Change[]): number {
  return changes.filter(({ seq }, index) => seq !== index + 1).length
}

/** Of those reasons how many are not told by exactly one change. */
export function notOnce(reasons: readonly string[], changes: readonly Change[]): number {
  const told = countBy(changes, ({ reason }) => reason)
  return reasons.filter((reason) => told.get(reason) !== 1).length
}

/** Changes of services that do not begin where the one before of their service ended, states included. */
export function brokenChains(changes: readonly Change[]): number {
  const last = new Map<string, string>()
  let broken = 0
  for (const { kind, uuid, before, after } of changes) {
    if (!kind.startsWith('service.') || uuid === null) continue
    if (JSON.stringify(before) !== (last.get(uuid) ?? 'null')) broken += 1
    last.set(uuid, JSON.stringify(after))
  }
  return broken
}

/** Workers whose coming and going are not told once each. */
export function brokenLives(ended: readonly Ended[], changes: readonly Change[]): number {
  const joined = countBy(changes.filter(({ kind }) => kind === 'worker.joined'), ({ memberId }) => memberId)
  const left = countBy(changes.filter(({ kind }) => kind === 'worker.left'), ({ memberId }) => memberId)
  return ended.filter(({ memberId }) => joined.get(memberId) !== 1 || left.get(memberId) !== 1).length
}

/** Ends that are told with a cause that they did not have; `unknown` claims nothing. */
export function wrongCauses(ended: readonly Ended[], changes: readonly Change[]): number {
  const causes = new Map(changes.flatMap(({ kind, memberId, cause }) => (kind === 'worker.left' ? [[memberId, cause] as const] : [])))
  return ended.filter(({ memberId, how }) => causes.get(memberId) !== 'unknown' && causes.get(memberId) !== (how === 'left' ? 'leave' : 'session_lost')).length
}

/** Services that the log does not show as they are. */
export function staleServices(services: readonly ObservedService[], changes: readonly Change[]): number {
  const last = new Map(changes.flatMap(({ kind, uuid, after }) => (kind.startsWith('service.') ? [[uuid, after as ObservedService | null] as const] : [])))
  const shown = ({ status, state, effective, disabledReason, forcedDown, maintenance }: ObservedService): string => JSON.stringify([status, state, effective, disabledReason, forcedDown, maintenance])
  return services.filter((service) => {
    const told = last.get(service.uuid)
    return !told || shown(told) !== shown(service)
  }).length
}

function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
