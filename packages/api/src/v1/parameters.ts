import { isMusterError, parseDuration } from '@muster/common'
import type { ServiceFilter, WorkerFilter } from '@muster/servicegroup'
import type { Response } from 'express'

import type { Freshness } from '../freshness.js'
import { flag, refuseParameter, text, texts } from '../query.js'
import type { Query } from '../query.js'

export const workerParameters = { group: texts('Only workers of this group.'), name: texts('Only workers of this name.'), hostname: texts('Only workers on this host.'), type: texts('Only those of this type.') }

export const serviceParameters = {
  uuid: texts('Only the service of this uuid.'),
  type: texts('Only those of this type.'),
  host: texts('Only services on this host.'),
  region: texts('Only services in this region.'),
  zone: texts('Only services in this zone.'),
  status: texts('Only services that are so by decision.', ['enabled', 'disabled']),
  state: texts('Only services that are so.', ['up', 'down']),
  effective: texts('Only services that a scheduler should, or should not, use.', ['up', 'down']),
  label: texts('Only services with a live worker of this label, as key=value.'),
}

export const freshnessParameters = { stale: text('How old the answer may be while the backend does not answer, as a duration: 10m. Never less than the session timeout.') }
export const consistentParameters = { consistent: flag('Ask the backend, and see all that was done before. Default: the live view answers.') }
export const viewParameters = { view: text('What is told: workers, as Vitrage lists them, or services.', ['workers', 'services']) }

/** The filter that a query asks for; undefined when it asks for every worker. */
export function readWorkerFilter({ group, name, hostname, type }: Query<typeof workerParameters>): WorkerFilter | undefined {
  return group ?? name ?? hostname ?? type ? { group, name, hostname, type } : undefined
}

/** The filter that a query asks for; undefined when it asks for every service. @throws Refusal, 400 */
export function readServiceFilter({ uuid, type, host, region, zone, status, state, effective, label }: Query<typeof serviceParameters>): ServiceFilter | undefined {
  if (!(uuid ?? type ?? host ?? region ?? zone ?? status ?? state ?? effective ?? label)) return undefined
  return { uuid, type, host, region, zone, status, state, effective, labels: label && readLabels(label) }
}

function readLabels(labels: readonly string[]): Record<string, string[]> {
  const values = new Map<string, string[]>()
  for (const label of labels) {
    const at = label.indexOf('=')
    if (at < 1) throw refuseParameter('label', `Parameter 'label' is no key=value: ${JSON.stringify(label)}.`)
    const key = label.slice(0, at)
    values.set(key, [...(values.get(key) ?? []), label.slice(at + 1)])
  }
  return Object.fromEntries(values)
}

/** How old an answer may be while the backend does not answer, in ms; 0: no older than it may be anyway. @throws Refusal, 400 */
export function readStale({ stale }: Query<typeof freshnessParameters>): number {
  if (stale === undefined) return 0
  try {
    return parseDuration(stale, 'stale')
  } catch (error) {
    if (!isMusterError(error, 'invalid_argument')) throw error
    throw refuseParameter('stale', error.message, error.hint)
  }
}

/** Waits for the first sync, if there has been none, and lets the answer through; see `Freshness`. */
export async function admit(freshness: Freshness, res: Response, query: Query<typeof freshnessParameters>): Promise<void> {
  const staleMs = readStale(query)
  if (!freshness.synced) await freshness.firstSync()
  freshness.admit(res, staleMs)
}

/** Aborts when the client is gone: nobody waits for the answer any more. */
export function goneSignal(res: Response): AbortSignal {
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  return gone.signal
}
