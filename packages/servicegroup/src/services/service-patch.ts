import { InvalidArgument } from '@muster/common'

import type { Maintenance, ServicePatch, ServiceRecord, WriteOptions } from './service.js'

const longestReason = 255
const longestChangeReason = 1024

/** What an administrator may change, in the order of a service's fields. */
export const patchFields = ['region', 'zone', 'status', 'disabledReason', 'forcedDown', 'maintenance', 'version'] as const

/** The record with the patch; the same object when it changes nothing. `now`: wall time in ms. @throws InvalidArgument */
export function applyPatch(record: ServiceRecord, patch: ServicePatch, now: number): ServiceRecord {
  const { region = record.region, zone = record.zone, status = record.status, forcedDown = record.forcedDown, version = record.version } = patch
  const disabledReason = status === 'enabled' ? null : patch.disabledReason === undefined ? record.disabledReason : patch.disabledReason
  if (!['enabled', 'disabled'].includes(status)) throw new InvalidArgument('status', `status: ${JSON.stringify(status)} is neither enabled nor disabled`)
  if (typeof forcedDown !== 'boolean') throw new InvalidArgument('forcedDown', 'forcedDown is true or false')
  if (!Number.isSafeInteger(version) || version < 0) throw new InvalidArgument('version', 'version is a whole number from 0')
  if (status === 'enabled' && typeof patch.disabledReason === 'string') throw new InvalidArgument('disabledReason', 'A service that is enabled has no disabledReason', { hint: 'Disable it in the same change.' })
  mustBeShort('region', region, longestReason)
  mustBeShort('zone', zone, longestReason)
  mustBeShort('disabledReason', disabledReason, longestReason)
  const maintenance = patch.maintenance === undefined ? record.maintenance : patch.maintenance && toMaintenance(patch.maintenance, now)
  const patched: ServiceRecord = { ...record, region, zone, status, disabledReason, forcedDown, maintenance, version }
  return JSON.stringify(patched) === JSON.stringify(record) ? record : patched
}

function toMaintenance({ note = null, start, until }: NonNullable<ServicePatch['maintenance']>, now: number): Maintenance {
  mustBeShort('maintenance.note', note, longestReason)
  const begin = start === undefined ? now : toTime('maintenance.start', start)
  const end = toTime('maintenance.until', until)
  if (end <= begin) throw new InvalidArgument('maintenance.until', 'A maintenance window ends after it begins')
  if (end <= now) throw new InvalidArgument('maintenance.until', `The maintenance window is over already: it ends at ${new Date(end).toISOString()}`, { hint: 'Give a time that is to come; null ends a window.' })
  return { note, start: new Date(begin).toISOString(), until: new Date(end).toISOString() }
}

function toTime(argument: string, text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(time)) throw new InvalidArgument(argument, `${argument}: ${JSON.stringify(text)} is no time`, { hint: 'Write it as 2026-11-28T22:00:00Z.' })
  return time
}

function mustBeShort(argument: string, text: string | null, longest: number): void {
  if (text !== null && typeof text !== 'string') throw new InvalidArgument(argument, `${argument} is text or null`)
  if (text !== null && text.length > longest) throw new InvalidArgument(argument, `${argument} has ${text.length} characters, at most ${longest}`)
}

/** @throws InvalidArgument */
export function checkWriteOptions({ actor, source, reason }: WriteOptions): void {
  mustBeShort('actor', actor ?? null, longestReason)
  mustBeShort('source', source ?? null, longestReason)
  mustBeShort('reason', reason ?? null, longestChangeReason)
}
