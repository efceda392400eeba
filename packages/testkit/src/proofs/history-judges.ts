import { toNotification } from '@muster/notifications'
import type { Change, ObservedService } from '@muster/notifications'

/** How a worker ended, as those know who ended it. */
export interface Ended {
  readonly memberId: string
  readonly how: 'left' | 'killed'
}

/** A notification that a sink says it has, by the id and the number that it came with. */
export interface Acknowledged {
  readonly id: string
  readonly seq: number
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

/** Ids that more than one change has. */
export function repeatedIds(changes: readonly Change[]): number {
  return changes.length - new Set(changes.map(({ id }) => id)).size
}

/** Changes that two readers of the log were told otherwise, or one of them not. */
export function unlike(changes: readonly Change[], others: readonly Change[]): number {
  const long = Array.from({ length: Math.max(changes.length, others.length) }, (_, index) => index)
  return long.filter((index) => JSON.stringify(changes[index]) !== JSON.stringify(others[index])).length
}

/** Of those reasons, each `<actor>-<number>`, how many are not told as an administrator's, and that one's. */
export function wrongAuthors(reasons: readonly string[], changes: readonly Change[]): number {
  const told = new Map(changes.map((change) => [change.reason, change]))
  return reasons.filter((reason) => {
    const change = told.get(reason)
    return change !== undefined && (change.cause !== 'admin' || change.actor !== reason.replace(/-\d+$/, ''))
  }).length
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

/**
 * Acknowledged changes that, as they are told, did something that they did not do, or not what they did: what another did before them is told later, or
 * not at all. Each is of one kind: it disables, with the reason, or begins a maintenance, with the reason as its note.
 */
export function brokenSteps(reasons: readonly string[], changes: readonly Change[]): number {
  const told = new Map(changes.map((change) => [change.reason, change]))
  return reasons.filter((reason) => {
    const change = told.get(reason)
    if (!change) return false
    const [before, after] = [change.before, change.after] as (ObservedService | null)[]
    if (!before || !after) return true
    const keepsStatus = before.status === after.status && before.disabledReason === after.disabledReason
    const keepsRest = before.forcedDown === after.forcedDown && JSON.stringify(before.maintenance) === JSON.stringify(after.maintenance)
    return !((after.disabledReason === reason && keepsRest) || (after.maintenance?.note === reason && keepsStatus))
  }).length
}

/** Workers whose coming and going are not told once each. */
export function brokenLives(ended: readonly Ended[], changes: readonly Change[]): number {
  const joined = countBy(changes.filter(({ kind }) => kind === 'worker.joined'), ({ memberId }) => memberId)
  const left = countBy(changes.filter(({ kind }) => kind === 'worker.left'), ({ memberId }) => memberId)
  return ended.filter(({ memberId }) => joined.get(memberId) !== 1 || left.get(memberId) !== 1).length
}

/** Comings and ends that are told with a cause that they did not have. A death may be `unknown`: that claims nothing. */
export function wrongCauses(ended: readonly Ended[], changes: readonly Change[]): number {
  const joins = changes.filter(({ kind, cause }) => kind === 'worker.joined' && cause !== 'join').length
  const causes = causesOfEnds(changes)
  const right = { left: ['leave'], killed: ['session_lost', 'unknown'] }
  return joins + ended.filter(({ memberId, how }) => causes.has(memberId) && !right[how].includes(causes.get(memberId) ?? '')).length
}

/** Deaths of which the log does not know how they came. */
export function unknownDeaths(ended: readonly Ended[], changes: readonly Change[]): number {
  const causes = causesOfEnds(changes)
  return ended.filter(({ memberId, how }) => how === 'killed' && causes.get(memberId) === 'unknown').length
}

const causesOfEnds = (changes: readonly Change[]): Map<string | null, string> => new Map(changes.flatMap(({ kind, memberId, cause }) => (kind === 'worker.left' ? [[memberId, cause] as const] : [])))

/** Services that the log does not show as they are. */
export function staleServices(services: readonly ObservedService[], changes: readonly Change[]): number {
  const last = new Map(changes.flatMap(({ kind, uuid, after }) => (kind.startsWith('service.') ? [[uuid, after as ObservedService | null] as const] : [])))
  const shown = ({ status, state, effective, disabledReason, forcedDown, maintenance }: ObservedService): string => JSON.stringify([status, state, effective, disabledReason, forcedDown, maintenance])
  return services.filter((service) => {
    const told = last.get(service.uuid)
    return !told || shown(told) !== shown(service)
  }).length
}

/** Notifications of changes after that number that a sink has not acknowledged. */
export function notAcknowledged(changes: readonly Change[], acknowledged: readonly Acknowledged[], after: number): number {
  const there = new Set(acknowledged.map(nameOf))
  return changes.filter((change) => change.seq > after && toNotification(change) && !there.has(nameOf(change))).length
}

/** What a sink has acknowledged and the log does not know: neither that id nor that number may stand for anything else. */
export function strangers(changes: readonly Change[], acknowledged: readonly Acknowledged[]): number {
  const known = new Set(changes.map(nameOf))
  return acknowledged.filter((one) => !known.has(nameOf(one))).length
}

/** Notifications that came to a sink for the first time after one with a higher number. */
export function overtaken(acknowledged: readonly Acknowledged[]): number {
  const seen = new Set<number>()
  let [highest, count] = [0, 0]
  for (const { seq } of acknowledged) {
    if (seq < highest && !seen.has(seq)) count += 1
    seen.add(seq)
    highest = Math.max(highest, seq)
  }
  return count
}

const nameOf = ({ id, seq }: Acknowledged): string => `${seq} ${id}`

function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
