import { NotFound } from '@muster/common'
import type { Service } from '@muster/servicegroup'

import { answer } from '../answer.js'
import type { Context } from '../context.js'
import { sendRepresentation } from '../listing.js'
import type { Representation } from '../listing.js'
import { flag, queryReader } from '../query.js'
import type { Answer, Route } from '../route.js'
import { serviceJson } from '../row-json.js'
import { body } from '../schemas/schemas.js'
import { tagOf } from '../service-tag.js'
import { findService } from './find-service.js'
import { applyMergePatch, patchTypes, readPatch } from './merge-patch.js'
import { consistentParameters, freshnessParameters } from './parameters.js'
import { readWriteOptions, writeHeaders, writeParameters } from './write-options.js'

const path = '/v1/service/{uuid}'
const service: Answer = { description: 'The service.', schema: body('Service'), headers: { ETag: 'Of the service; its part before the dot is the index of the record.' } }

const represent = (row: Service): Representation => ({ bytes: Buffer.from(serviceJson(row)), etag: tagOf(row) })

/** `GET /v1/service/{uuid}` */
export function getServiceRoute(context: Context): Route {
  const parameters = { ...freshnessParameters, ...consistentParameters }
  const readQuery = queryReader(parameters)
  return {
    path,
    method: 'get',
    role: 'reader',
    operation: {
      summary: 'One service.',
      query: parameters,
      headers: { 'If-None-Match': 'The tag of the service that the client has.' },
      answers: { 200: service, 304: { description: 'The client has it.' } },
      problems: [404],
    },
    handler: async (req, res) => {
      const uuid = String(req.params.uuid)
      const { service: found } = await findService(context, uuid, readQuery(req.url), res)
      if (!found) throw new NotFound(`The service ${uuid}`)
      sendRepresentation(req, res, represent(found))
    },
  }
}

/** `PATCH /v1/service/{uuid}`: a merge patch. Answers with the service as it is then. */
export function patchServiceRoute(context: Context): Route {
  const readQuery = queryReader(writeParameters)
  return {
    path,
    method: 'patch',
    role: 'operator',
    operation: {
      summary: 'Enables, disables, forces down or maintains a service, or says its region, zone or version.',
      query: writeParameters,
      headers: writeHeaders,
      body: { schema: body('ServicePatch'), types: patchTypes },
      answers: { 200: service },
      problems: [404, 412, 413, 415],
    },
    handler: async (req, res) => {
      const uuid = String(req.params.uuid)
      const query = readQuery(req.url)
      const patch = readPatch(req)
      const { bytes, etag } = represent(await applyMergePatch(context, uuid, patch, await readWriteOptions(req, res, uuid, query, context)))
      answer(res, 200, ['Content-Type', 'application/json', 'ETag', etag, 'Cache-Control', 'no-cache'], bytes)
    },
  }
}

/** `DELETE /v1/service/{uuid}`: answers with the service as it was. */
export function deleteServiceRoute(context: Context): Route {
  const parameters = { ...writeParameters, force: flag('Also while it has live workers: those stay, without a service.') }
  const readQuery = queryReader(parameters)
  return {
    path,
    method: 'delete',
    role: 'admin',
    operation: { summary: 'Deletes a service for good.', query: parameters, headers: writeHeaders, answers: { 200: { description: 'As it was.', schema: body('Service') } }, problems: [404, 409, 412] },
    handler: async (req, res) => {
      const uuid = String(req.params.uuid)
      const query = readQuery(req.url)
      const deleted = await context.serviceGroup.delete(uuid, { ...(await readWriteOptions(req, res, uuid, query, context)), force: query.force })
      answer(res, 200, ['Content-Type', 'application/json', 'Cache-Control', 'no-store'], Buffer.from(serviceJson(deleted)))
    },
  }
}
