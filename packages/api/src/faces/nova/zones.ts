import { compareText } from '@muster/common'
import type { Service } from '@muster/servicegroup'
import type { RequestHandler } from 'express'

import { answerNova } from './answers.js'
import type { ReadServices } from './read-services.js'
import { updatedAtOf, zoneOf } from './service-rows.js'

/** The zone of Nova's own services, which the short list leaves out. */
const internalZone = 'internal'

interface ZoneInfo {
  readonly zoneName: string
  readonly zoneState: { readonly available: boolean }
  readonly hosts: object | null
}

/** A zone is available while one of its services is enabled, up or not. Those that are come first. */
export function zoneInfos(services: readonly Service[], detailed: boolean): ZoneInfo[] {
  const names = [...new Set(services.map(zoneOf))].filter((zone) => detailed || zone !== internalZone).sort(compareText)
  const infos = names.map((zoneName) => {
    const enabled = services.filter((service) => service.status === 'enabled' && zoneOf(service) === zoneName)
    const available = enabled.length > 0
    return { zoneName, zoneState: { available }, hosts: detailed && available ? hostsOf(enabled) : null }
  })
  return [...infos.filter(({ zoneState }) => zoneState.available), ...infos.filter(({ zoneState }) => !zoneState.available)]
}

function hostsOf(services: readonly Service[]): object {
  const hosts = new Map<string, [string, object][]>()
  for (const service of services) {
    const { type, host, state, status } = service
    hosts.set(host, [...(hosts.get(host) ?? []), [type, { available: state === 'up', active: status === 'enabled', updated_at: updatedAtOf(service) }]])
  }
  return Object.fromEntries([...hosts].map(([host, binaries]) => [host, Object.fromEntries(binaries)]))
}

/** `GET /os-availability-zone`; `detailed`: with the hosts, as `/os-availability-zone/detail`. */
export function listZones(read: ReadServices, detailed: boolean): RequestHandler {
  return async (_req, res) => {
    const services = await read(res)
    answerNova(res, { availabilityZoneInfo: zoneInfos(services, detailed) })
  }
}
