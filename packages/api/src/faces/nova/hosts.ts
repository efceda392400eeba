import type { RequestHandler } from 'express'

import { answerNova } from './answers.js'
import { minorOf } from './microversions.js'
import type { ReadServices } from './read-services.js'
import { readQuery } from './schemas.js'
import { idOf, zoneOf } from './service-rows.js'

/** `GET /os-hosts`: one row for each service that is enabled. */
export function listHosts(read: ReadServices): RequestHandler {
  return async (req, res) => {
    const { zone } = readQuery(req.url, ['zone'], minorOf(res))
    const services = await read(res)
    const enabled = services.filter((service) => service.status === 'enabled' && (zone ?? zoneOf(service)) === zoneOf(service))
    answerNova(res, { hosts: enabled.map((service) => ({ host_name: service.host, service: service.topic, zone: zoneOf(service) })) })
  }
}

/** What runs on a hypervisor: only such services stand for one. */
const hypervisorType = 'nova-compute'

/** `GET /os-hypervisors`: one row for each host that has a nova-compute; `detailed`: with its service, as `/os-hypervisors/detail`. */
export function listHypervisors(read: ReadServices, detailed: boolean): RequestHandler {
  return async (_req, res) => {
    const minor = minorOf(res)
    const services = await read(res)
    const rows = services
      .filter(({ type }) => type === hypervisorType)
      .map((service) => {
        const { host, state, status, disabledReason } = service
        const row = { id: idOf(service, minor), hypervisor_hostname: host, state, status }
        return detailed ? { ...row, service: { host, id: row.id, disabled_reason: disabledReason } } : row
      })
    answerNova(res, { hypervisors: rows })
  }
}
