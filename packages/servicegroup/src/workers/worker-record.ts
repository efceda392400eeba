import { InvalidArgument, workerGroup, workerHostname, workerName } from '@muster/common'
import type { Capabilities, Characteristics, Member } from '@muster/coordination'
import { makeMemberId, ownIdentity } from '@muster/coordination/internal'

import type { JoinOptions } from '../service-group.js'
import type { Worker } from './worker.js'

const longestName = 4096

/** `2019-02-10T11:07:15+00:00`: Vitrage's form, without milliseconds. */
export function toCreated(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+00:00`
}

/** The name without a trailing ` worker(N)` or ` worker N`: what kind of service this worker is of. */
export function typeOfName(name: string): string {
  return name.replace(/ worker(?:\(\d+\)| \d+)$/, '') || name
}

/** Half a surrogate pair is no text: it would end the whole list for clients that encode it. It becomes U+FFFD. */
const wellFormed = (value: string): string => (/[\ud800-\udfff]/.test(value) ? Buffer.from(value).toString() : value)

function text(argument: string, value: string): string {
  if (value !== '' && value.length <= longestName) return wellFormed(value)
  throw new InvalidArgument(argument, `${argument}: give 1 to ${longestName} characters, not ${value.length}`)
}

/** What `join()` would publish, from its options, the environment and this process. @throws InvalidArgument naming the option that is wrong */
export function describeWorker(options: JoinOptions): Worker {
  const name = text('name', options.name ?? workerName())
  const hostname = text('hostname', options.hostname ?? workerHostname())
  const pid = options.process ?? process.pid
  if (!Number.isSafeInteger(pid) || pid <= 0) throw new InvalidArgument('process', `process: ${pid} is no process id`)
  return {
    name,
    hostname,
    process: pid,
    created: toCreated(new Date()),
    group: text('group', options.group ?? workerGroup()),
    type: text('type', options.type ?? typeOfName(name)),
    state: 'up',
    region: options.region ?? null,
    zone: options.zone ?? null,
    version: options.version ?? null,
    labels: Object.freeze({ ...options.labels }),
    memberId: makeMemberId([name, hostname], pid),
    incarnation: 1,
    uuid: null,
  }
}

/**
 * The member's capabilities. Vitrage's four fields come first, so that its own readers find what they know. Where the backend
 * cannot see processes they say which one this is, for the day when it is dead and its successor is here; no list shows that.
 */
export function toCapabilities({ name, hostname, process: pid, created, type, region, zone, version, labels, incarnation, uuid, lagMs }: Worker, { acrossHosts }: Pick<Characteristics, 'acrossHosts'>): Capabilities {
  return { name, hostname, process: pid, created, type, region, zone, version, labels, incarnation, uuid, ...(lagMs !== undefined && { lagMs }), v: 1, ...(acrossHosts && { identity: ownIdentity }) }
}

const stringOrNull = (value: unknown): string | null => (typeof value === 'string' ? wellFormed(value) : null)

const integerOrNull = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null)

function labelsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).flatMap(([key, label]) => (typeof label === 'string' ? [[wellFormed(key), wellFormed(label)]] : [])))
}

const lagOf = (value: unknown): Pick<Worker, 'lagMs'> => (Number.isSafeInteger(value) && (value as number) > 0 ? { lagMs: value as number } : {})

/** The worker that a member describes; what it does not say, or says in another shape, is null. */
export function toWorker(group: string, { memberId, capabilities = {} }: Member): Worker {
  const name = stringOrNull(capabilities.name)
  return {
    name: name ?? memberId,
    hostname: stringOrNull(capabilities.hostname),
    process: integerOrNull(capabilities.process),
    created: stringOrNull(capabilities.created),
    group,
    type: stringOrNull(capabilities.type) ?? (name === null ? null : typeOfName(name)),
    state: 'up',
    region: stringOrNull(capabilities.region),
    zone: stringOrNull(capabilities.zone),
    version: stringOrNull(capabilities.version),
    labels: labelsOf(capabilities.labels),
    memberId,
    incarnation: integerOrNull(capabilities.incarnation),
    uuid: stringOrNull(capabilities.uuid),
    ...lagOf(capabilities.lagMs),
  }
}
