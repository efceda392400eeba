import { formatDuration } from '@muster/common'
import { isUnderWay } from '@muster/servicegroup'
import type { Decision, Decisions, Explanation, Service, Worker } from '@muster/servicegroup'

import type { TargetArguments } from '../target.js'
import { nameOf } from './service-columns.js'
import { commandLine, targetOf } from './undo.js'

/** How a service is and why, a sentence each: the verdict, the evidence for it, what is known of before, and what brings it back. `now`: wall time in ms. */
export function explain({ service, workers, decisions }: Pick<Explanation, 'service' | 'workers' | 'decisions'>, now: number, place: TargetArguments = {}): string[] {
  return [verdict(service, workers, now), ...evidence(service, workers, now), ...decided(service, decisions, now), ...history(service, now), ...remedies(service, now, place)]
}

function verdict(service: Service, workers: readonly Worker[], now: number): string {
  const begin = `${nameOf(service)} is ${service.effective} for schedulers: `
  const living = workers.length === 0 ? 'no worker of it lives' : summary(workers, now)
  const seen = service.forcedDown ? `it is forced down (${living})` : service.state === 'up' ? `it is up (${living})` : living
  const against = [
    ...(service.status === 'disabled' ? [`disabled${quoted(service.disabledReason)}`] : []),
    ...(isUnderWay(service.maintenance, now) ? [`in maintenance${quoted(service.maintenance?.note ?? null)}`] : []),
  ]
  if (against.length === 0) return `${begin}${seen}${service.effective === 'up' ? ', enabled, and not in maintenance' : ''}.`
  return `${begin}${seen}, ${service.state === 'up' ? 'but' : 'and it is'} ${against.join(' and ')}.`
}

function summary(workers: readonly Worker[], now: number): string {
  const [only] = workers
  const longest = Math.max(...workers.map((worker) => uptimeOf(worker, now) ?? 0))
  const pid = workers.length === 1 && only && only.process !== null ? `, pid ${only.process}` : ''
  return `${count(workers.length)}${pid}${longest > 0 ? `, for ${formatDuration(longest)}` : ''}`
}

function evidence(service: Service, workers: readonly Worker[], now: number): string[] {
  const { lastSeenUp } = service
  if (workers.length === 0) return [`No worker of type ${service.type} lives on ${service.host}; ${lastSeenUp === null ? 'when the last one did is not recorded' : `the last one did at ${since(lastSeenUp, now)}`}.`]
  return workers.map((worker) => {
    const uptime = uptimeOf(worker, now)
    const lag = worker.lagMs === undefined ? '' : `, its event loop blocked for ${(worker.lagMs / 1000).toFixed(1)}s at a stretch`
    return `Worker ${worker.name} lives: pid ${worker.process ?? 'unknown'} on ${worker.hostname}, in group ${worker.group}, ${uptime === undefined ? 'since an unknown time' : `for ${formatDuration(uptime)}`}${lag}.`
  })
}

function decided(service: Service, { status, forcedDown, maintenance: ofWindow }: Decisions, now: number): string[] {
  const { maintenance } = service
  const window = maintenance && `from ${maintenance.start} until ${maintenance.until}${quoted(maintenance.note)}`
  return [
    ...(service.status === 'disabled' ? [`It was disabled ${by(status, now, service.disabledReason)}.`] : []),
    ...(service.forcedDown ? [`It was forced down ${by(forcedDown, now)}: it counts as down whatever its workers do.`] : []),
    ...(maintenance && window ? [isUnderWay(service.maintenance, now) ? `It is in maintenance ${window}; that ends by itself in ${formatDuration(Date.parse(maintenance.until) - now)}.` : `Maintenance is to come, ${window}; it begins by itself in ${formatDuration(Date.parse(maintenance.start) - now)}.`] : []),
    ...(maintenance && ofWindow ? [`The window was set ${by(ofWindow, now, maintenance.note)}.`] : []),
  ]
}

/** `told`: a reason that another sentence has said already. */
function by(decision: Decision | undefined, now: number, told: string | null = null): string {
  if (!decision) return 'by somebody unknown' // before decisions were kept, or by other means
  const { actor, source, at, reason } = decision
  return `by ${actor}${source === null || source === 'svc' ? '' : `, from ${source}`}, at ${since(at, now)}${reason === told ? '' : quoted(reason)}`
}

function history({ createdAt, updatedAt, uuid }: Service, now: number): string[] {
  const changed = updatedAt === null ? 'and never changed since' : `and last changed at ${since(updatedAt, now)}`
  return [`Its record, ${uuid}, was made at ${since(createdAt, now)}, ${changed}.`]
}

/** What would make it what schedulers use, as commands to paste. */
function remedies(service: Service, now: number, place: TargetArguments): string[] {
  const commands = [
    ...(service.forcedDown ? [['force-down', targetOf(service), '--unset']] : []),
    ...(service.status === 'disabled' ? [['enable', targetOf(service)]] : []),
    ...(isUnderWay(service.maintenance, now) ? [['maintenance', 'off', targetOf(service)]] : []),
  ]
  return commands.map((words) => `To end that: ${commandLine(words, place)}`)
}

function uptimeOf({ created }: Worker, now: number): number | undefined {
  const ms = created === null ? NaN : now - Date.parse(created)
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

const since = (time: string, now: number): string => `${time} (${formatDuration(now - Date.parse(time))} ago)`
const quoted = (text: string | null): string => (text === null ? '' : `: "${text}"`)
const count = (workers: number): string => `${workers} worker${workers === 1 ? '' : 's'}`
