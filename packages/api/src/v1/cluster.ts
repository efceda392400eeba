import type { DeclaredSteps } from '@muster/provisioning'

import type { Context } from '../context.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { clusterRequestSchema } from '../schemas/cluster-schemas.js'
import { compileBody } from '../schemas/compile-schema.js'
import { bodies, body } from '../schemas/schemas.js'
import { answerFrom, answerPage, clusterHeaders, idOf, pageHeaders, pageParameters, storeOf, tenantHeader, tenantOf, tenantParameters, withEventsParameters } from './cluster-parameters.js'
import { readBody } from './read-body.js'

interface ClusterRequest {
  readonly name: string
  readonly description?: string
  readonly plugin_name?: string
  readonly provisioning_steps?: DeclaredSteps
}

const isRequest = compileBody<ClusterRequest>(clusterRequestSchema)

const listQuery = { ...tenantParameters, ...pageParameters }
const showQuery = { ...tenantParameters, ...withEventsParameters }
const [readList, readShow, readTenant] = [queryReader(listQuery), queryReader(showQuery), queryReader(tenantParameters)]

/** `/v1/cluster` and `/v1/cluster/{id}`: the clusters of a tenant. */
export function clusterRoutes(context: Context): Route[] {
  return [
    {
      path: '/v1/cluster',
      method: 'get',
      role: 'reader',
      operation: { summary: 'The clusters of a tenant with their steps, oldest first.', query: listQuery, headers: tenantHeader, answers: { 200: { description: 'A page of them.', schema: bodies('Cluster'), headers: pageHeaders } }, problems: [404] },
      handler: async (req, res) => {
        const query = readList(req.url)
        const { limit, after } = query
        const store = storeOf(context)
        const { clusters, next } = await store.clusters({ ...tenantOf(req, res, query), limit, after })
        answerPage(store, req, res, clusters, next)
      },
    },
    {
      path: '/v1/cluster',
      method: 'post',
      role: 'operator',
      operation: { summary: 'Makes a cluster.', query: tenantParameters, headers: tenantHeader, body: { schema: body('ClusterRequest'), types: ['application/json'] }, answers: { 201: { description: 'As it is then.', schema: body('Cluster'), headers: clusterHeaders } }, problems: [404, 409, 413, 415] },
      handler: async (req, res) => {
        const query = readTenant(req.url)
        const { name, description, plugin_name: pluginName, provisioning_steps: provisioningSteps } = readBody(req.body, isRequest, 'Send {"name": "sample"}, and if you like description, plugin_name and provisioning_steps.')
        const store = storeOf(context)
        answerFrom(store, res, await store.createCluster({ name, description, pluginName, provisioningSteps }, tenantOf(req, res, query)), { status: 201 })
      },
    },
    {
      path: '/v1/cluster/{id}',
      method: 'get',
      role: 'reader',
      operation: { summary: 'A cluster and how far its steps are, by its id or its name.', query: showQuery, headers: tenantHeader, answers: { 200: { description: 'As it is.', schema: body('Cluster'), headers: clusterHeaders } }, problems: [404] },
      handler: async (req, res) => {
        const query = readShow(req.url)
        const store = storeOf(context)
        answerFrom(store, res, await store.cluster(idOf(req, 'Cluster'), { ...tenantOf(req, res, query), withEvents: query.events }))
      },
    },
    {
      path: '/v1/cluster/{id}',
      method: 'delete',
      role: 'operator',
      operation: { summary: 'Deletes a cluster with its steps and events.', query: tenantParameters, headers: tenantHeader, answers: { 200: { description: 'As it was.', schema: body('Cluster'), headers: clusterHeaders } }, problems: [404] },
      handler: async (req, res) => {
        const query = readTenant(req.url)
        const store = storeOf(context)
        const tenant = tenantOf(req, res, query)
        const cluster = await store.cluster(idOf(req, 'Cluster'), tenant)
        await store.deleteCluster(cluster.id, tenant)
        answerFrom(store, res, cluster)
      },
    },
  ]
}
