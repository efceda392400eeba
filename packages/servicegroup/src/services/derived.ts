import { compareText } from '@muster/common'

import type { Host, Service, Zone } from './service.js'

/** The hosts that services are on, in code-point order. */
export function hostsOf(services: readonly Service[]): Host[] {
  return groupBy(services, ({ host }) => host).map(([host, those]) => ({ host, zones: namesOf(those.map(({ zone }) => zone)), services: those.length, up: those.filter(({ state }) => state === 'up').length }))
}

/** The zones that services are in, in code-point order. */
export function zonesOf(services: readonly Service[]): Zone[] {
  return groupBy(services, ({ zone }) => zone).map(([zone, those]) => ({
    zone,
    hosts: namesOf(those.map(({ host }) => host)),
    services: those.length,
    up: those.filter(({ state }) => state === 'up').length,
    available: those.some(({ effective }) => effective === 'up'),
  }))
}

function groupBy(services: readonly Service[], keyOf: (service: Service) => string | null): [string, Service[]][] {
  const groups = new Map<string, Service[]>()
  for (const service of services) {
    const key = keyOf(service)
    if (key === null) continue
    const found = groups.get(key)
    if (found) found.push(service)
    else groups.set(key, [service])
  }
  return [...groups].sort(([a], [b]) => compareText(a, b))
}

const namesOf = (names: readonly (string | null)[]): string[] => [...new Set(names.filter((name) => name !== null))].sort(compareText)
