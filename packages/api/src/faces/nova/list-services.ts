import type { RequestHandler } from 'express'

import { answerNova } from './answers.js'
import { minorOf } from './microversions.js'
import type { ReadServices } from './read-services.js'
import { readQuery } from './schemas.js'
import { serviceRow } from './service-rows.js'

/** `GET /os-services`: the services of every type, by type and host. */
export function listServices(read: ReadServices): RequestHandler {
  return async (req, res) => {
    const minor = minorOf(res)
    const wanted = readQuery(req.url, ['host', 'binary'], minor)
    const services = await read(res)
    const rows = services.filter(({ type, host }) => (wanted.host ?? host) === host && (wanted.binary ?? type) === type)
    answerNova(res, { services: rows.map((service) => serviceRow(service, minor)) })
  }
}
