import type { Context } from '../context.js'
import { runStream } from '../history/run-stream.js'
import { ClusterStream } from '../provisioning/cluster-stream.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { idOf, storeOf, tenantHeader, tenantOf, tenantParameters } from './cluster-parameters.js'

const readTenant = queryReader(tenantParameters)

/** `GET /v1/cluster/{id}/stream`: how far a cluster is, as it goes on. */
export function clusterStreamRoute(context: Context): Route {
  return {
    path: '/v1/cluster/{id}/stream',
    method: 'get',
    role: 'reader',
    operation: {
      summary: 'A cluster and how far its steps are, then after each change, as Server-Sent Events.',
      query: tenantParameters,
      headers: tenantHeader,
      answers: { 200: { description: 'snapshot, then change events, each with the whole cluster, until the connection ends; deleted when the cluster is.', schema: { type: 'string' }, type: 'text/event-stream' } },
      problems: [404, 429],
    },
    handler: async (req, res) => {
      const query = readTenant(req.url)
      const stream = await ClusterStream.open(storeOf(context), idOf(req, 'Cluster'), tenantOf(req, res, query), res)
      await runStream(context, req, res, stream).finally(() => stream.end())
    },
  }
}
