import type { ProvisioningStore, TenantOptions } from '@muster/provisioning'
import type { Request, Response } from 'express'

import { answerJson } from '../answer.js'
import type { HeaderFields } from '../answer.js'
import type { Context } from '../context.js'
import { Refusal } from '../problems.js'
import { flag, integer } from '../query.js'
import type { Parameter, Query } from '../query.js'
import type { Answer } from '../route.js'
import { goneSignal } from './parameters.js'

/** No database keeps a NUL byte, so nothing is found by one. */
const name = (description: string): Parameter<string> => ({ schema: { type: 'string', minLength: 1, pattern: '^[^\\u0000]*$' }, isRepeatable: false, description })

export const tenantParameters = { tenant: name('Whose clusters; goes before X-Tenant-Id. Default: default.') }
export const tenantHeader = { 'X-Tenant-Id': 'Whose clusters; default: default.' }
export const pageParameters = { limit: integer('At most so many; default 100, of clusters 20.', 1, 1000), after: name('X-Svc-Next of the page before.') }
export const withEventsParameters = { events: flag('With the events of each step: failures first, at most 500 in all.') }
export const eventParameters = { step: name('Only events of this step, by its id.'), successful: flag('Only events of what went well, or of what failed.') }

/** The header that says whether steps and events are written at all. */
const eventLogHeader = 'X-Svc-Event-Log'
const told = { [eventLogHeader]: 'on; off where neither steps nor events are written.' }
export const pageHeaders: NonNullable<Answer['headers']> = { ...told, 'X-Svc-Next': 'What to go on after, as after; absent on the last page.', Link: 'rel="next": the page after this one, if there is one.' }
export const clusterHeaders: NonNullable<Answer['headers']> = told

/** Where the clusters of this server are kept. @throws Refusal, 404, where none are; BackendUnreachable while their database is away */
export function storeOf({ provisioning }: Pick<Context, 'provisioning'>): ProvisioningStore {
  if (provisioning) return provisioning.store
  throw new Refusal(404, 'not_supported', 'This server keeps no clusters', { hint: 'Start it with --database, e.g. sqlite:history.db, and without --database none.' })
}

/** Whose clusters, until the client is gone. */
export const tenantOf = (req: Request, res: Response, { tenant }: Query<typeof tenantParameters>): Required<TenantOptions> => ({ tenant: tenant ?? (req.get('X-Tenant-Id') || 'default'), signal: goneSignal(res) })

/** The id, or name, in the path. @throws Refusal, 404, for what names nothing */
export function idOf(req: Request, what: string): string {
  const id = String(req.params.id)
  if (id.includes('\0')) throw new Refusal(404, 'not_found', `${what} '${id}' not found`)
  return id
}

/** Answers with what the store told. */
export function answerFrom(store: ProvisioningStore, res: Response, content: object, { status = 200, headers = [] }: { readonly status?: number; readonly headers?: HeaderFields } = {}): void {
  answerJson(res, status, content, [eventLogHeader, store.eventLog ? 'on' : 'off', 'Cache-Control', 'no-cache', ...headers])
}

/** Answers with a page. */
export function answerPage(store: ProvisioningStore, req: Request, res: Response, rows: readonly object[], next: string | null): void {
  const query = new URLSearchParams(req.url.includes('?') ? req.url.slice(req.url.indexOf('?')) : '')
  if (next !== null) query.set('after', next)
  answerFrom(store, res, rows, { headers: next === null ? [] : ['X-Svc-Next', next, 'Link', `<?${query.toString()}>; rel="next"`] })
}
