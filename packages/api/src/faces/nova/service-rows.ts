import type { Service } from '@muster/servicegroup'

import { since } from './microversions.js'

/** Nova has a zone for every service; the name of its default one. */
const defaultZone = 'nova'

export const zoneOf = ({ zone }: Service): string => zone ?? defaultZone

/**
 * The number that stands for a uuid where a version of Nova's API has numbers: its first twelve hexadecimal digits, so that it is the same
 * in every server and after every restart. One in some 280 million million is that of another service too.
 */
export const numberOf = (uuid: string): number => parseInt(uuid.replaceAll('-', '').slice(0, 12), 16) || 1

export const idOf = ({ uuid }: Service, minor: number): string | number => (minor < since.uuids ? numberOf(uuid) : uuid)

/** Nova's times have microseconds and no time zone. */
export const updatedAtOf = ({ updatedAt }: Service): string | null => updatedAt && updatedAt.replace('Z', '000')

/** A service as Nova lists it in version `2.<minor>`. */
export function serviceRow(service: Service, minor: number): object {
  const { type, host, status, state, disabledReason, forcedDown } = service
  const row = { id: idOf(service, minor), binary: type, host, zone: zoneOf(service), status, state, updated_at: updatedAtOf(service), disabled_reason: disabledReason }
  return minor < since.forceDown ? row : { ...row, forced_down: forcedDown }
}
