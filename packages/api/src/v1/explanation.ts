import { answerJson, tellAge } from '../answer.js'
import type { Context } from '../context.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { serviceJson, workerJson } from '../row-json.js'
import { body } from '../schemas/schemas.js'
import { goneSignal } from './parameters.js'

const readQuery = queryReader({})

/** `GET /v1/service/{uuid}/explanation`: why it is as it is, asked of the backend. */
export function explanationRoute({ serviceGroup }: Context): Route {
  return {
    path: '/v1/service/{uuid}/explanation',
    method: 'get',
    role: 'reader',
    operation: { summary: 'Why a service is as it is: which workers live, and who has decided what.', query: {}, answers: { 200: { description: 'Why.', schema: body('Explanation') } }, problems: [404] },
    handler: async (req, res) => {
      readQuery(req.url)
      const { service, workers, decisions, asOf } = await serviceGroup.explain(String(req.params.uuid), { signal: goneSignal(res) })
      tellAge(res, asOf)
      answerJson(res, 200, { service: JSON.parse(serviceJson(service)) as object, workers: workers.map((worker) => JSON.parse(workerJson(worker)) as object), decisions }, ['Cache-Control', 'no-cache'])
    },
  }
}
