import type { ServiceId } from '@muster/servicegroup'

import { answerJson } from '../answer.js'
import type { Context } from '../context.js'
import { Refusal } from '../problems.js'
import { queryReader, text } from '../query.js'
import type { Query } from '../query.js'
import type { Route } from '../route.js'
import { body } from '../schemas/schemas.js'
import type { Liveness } from '../schemas/schemas.js'
import { findService } from './find-service.js'
import { consistentParameters, freshnessParameters } from './parameters.js'

const idParameters = { uuid: text('Of the service; or give type and host.'), type: text('Of the service.'), host: text('Of the service.') }
const parameters = { ...idParameters, ...freshnessParameters, ...consistentParameters }
const readQuery = queryReader(parameters)

/** @throws Refusal, 400 */
function readId({ uuid, type, host }: Query<typeof idParameters>): ServiceId {
  const isBoth = uuid !== undefined && (type !== undefined || host !== undefined)
  if (uuid !== undefined && !isBoth) return uuid
  if (type !== undefined && host !== undefined && !isBoth) return { type, host }
  const missing = type === undefined ? 'type' : 'host'
  const detail = isBoth ? 'A service is asked for by its uuid or by its type and host, not by both.' : 'It is not said which service: give uuid, or type and host.'
  throw new Refusal(400, 'invalid_argument', detail, { errors: [{ parameter: isBoth ? 'uuid' : missing, detail }] })
}

/** `GET /v1/liveness`: whether a service is up, also one that nobody knows. @see os-lively is_up */
export function livenessRoute(context: Context): Route {
  return {
    path: '/v1/liveness',
    method: 'get',
    role: 'reader',
    operation: { summary: 'Whether a service is up; also of one that nobody knows.', query: parameters, answers: { 200: { description: 'Whether it is.', schema: body('Liveness') } } },
    handler: async (req, res) => {
      const query = readQuery(req.url)
      const id = readId(query)
      const { service, asOf } = await findService(context, id, query, res)
      const { uuid = null, type = query.type ?? null, host = query.host ?? null, state = null, effective = null } = service ?? {}
      const content: Liveness = { isUp: state === 'up', uuid, type, host, state, effective, asOf: new Date(asOf).toISOString() }
      answerJson(res, 200, content, ['Cache-Control', 'no-cache'])
    },
  }
}
