import type { Service } from '@muster/servicegroup'

import { targetOptions } from '../target.js'
import type { TargetArguments } from '../target.js'
import { withoutSecrets } from '../without-secrets.js'
import { nameOf } from './service-columns.js'

/** The words of `svc` that take a change back, or why none do. */
export type Undo = readonly string[] | { readonly none: string }

/** What names a service for certain: its type and host, or its uuid where these could be read otherwise. */
export const targetOf = (service: Service): string => (service.host.includes('@') || service.type.startsWith('-') ? service.uuid : nameOf(service))

/** What is said of it when a change is done. */
export const undoLine = (undo: Undo, place: TargetArguments): string => ('none' in undo ? `cannot be undone: ${undo.none}` : `undo: ${commandLine(undo, place)}`)

/** A command to paste that looks where this one has. A URL with a password is left out. */
export function commandLine(words: readonly string[], place: TargetArguments): string {
  const options = (Object.keys(targetOptions) as (keyof TargetArguments)[]).flatMap((option) => {
    const value = place[option]
    return value === undefined || withoutSecrets(value) !== value ? [] : [`--${option}`, value]
  })
  return ['svc', ...words, ...options].map(shellWord).join(' ')
}

/** As a POSIX shell reads it. */
export const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)

/** Takes a window back to what it was. The command begins a window at once, so one that is to begin later is not its to make. */
export function undoMaintenance(before: Service, now = Date.now()): Undo {
  const { maintenance } = before
  if (!maintenance) return ['maintenance', 'off', targetOf(before)]
  if (Date.parse(maintenance.start) > now) return { none: `maintenance was to begin at ${maintenance.start} and to end at ${maintenance.until}` }
  return ['maintenance', 'on', targetOf(before), '--until', maintenance.until, '--reason', maintenance.note ?? '']
}
