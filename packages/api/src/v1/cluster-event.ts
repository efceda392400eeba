import { NotFound } from '@muster/common'
import type { ProvisioningStore, TenantOptions } from '@muster/provisioning'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import type { RequestHandler } from 'express'

import { jsonBodyReader } from '../body.js'
import type { Context } from '../context.js'
import { limits } from '../limits.js'
import { queryReader } from '../query.js'
import type { Operation, Route } from '../route.js'
import { reportRequest, stepReportRequest } from '../schemas/cluster-schemas.js'
import { compileBody } from '../schemas/compile-schema.js'
import { bodies, body } from '../schemas/schemas.js'
import { answerFrom, answerPage, clusterHeaders, eventParameters, idOf, pageHeaders, pageParameters, storeOf, tenantHeader, tenantOf, tenantParameters } from './cluster-parameters.js'
import { toOutcome } from './cluster-step.js'
import { readBody } from './read-body.js'
import { reportAll, toReport } from './report-all.js'
import type { ReportRequest } from './report-all.js'

const [isReport, areReports] = [compileBody<ReportRequest>(reportRequest), compileBody<readonly ReportRequest[]>({ type: 'array', items: reportRequest, minItems: 1, maxItems: 500 })]
const [isStepReport, areStepReports] = [compileBody<ReportRequest>(stepReportRequest), compileBody<readonly ReportRequest[]>({ type: 'array', items: stepReportRequest, minItems: 1, maxItems: 500 })]

const hint = 'Send {"instance_name": "worker-001", "successful": true}, or a list of at most 500 such; to a cluster with the step_id of each.'
const listQuery = { ...tenantParameters, ...eventParameters, ...pageParameters }
const [readList, readTenant] = [queryReader(listQuery), queryReader(tenantParameters)]
const readReports = jsonBodyReader(limits.reportBytes)

/** The handler of reports. `stepOf`: the step of a report, of those that may be reported to. */
function takeReports(context: Context, isOne: ValidateFunction<ReportRequest>, areMany: ValidateFunction<readonly ReportRequest[]>, stepsOf: (store: ProvisioningStore, id: string, tenant: TenantOptions) => Promise<(report: ReportRequest) => string>): RequestHandler {
  return async (req, res) => {
    const query = readTenant(req.url)
    const content: unknown = req.body
    const some = Array.isArray(content) ? readBody(content, areMany, hint) : [readBody(content, isOne, hint)]
    const store = storeOf(context)
    const tenant = tenantOf(req, res, query)
    const stepOf = await stepsOf(store, idOf(req, 'Cluster or step'), tenant)
    const [first] = some
    if (Array.isArray(content) || !first) answerFrom(store, res, await reportAll(store, some, stepOf, tenant))
    else answerFrom(store, res, toOutcome(await store.report(stepOf(first), toReport(first), tenant)))
  }
}

/** Steps of that cluster, and of no other. */
const stepsOfCluster: Parameters<typeof takeReports>[3] = async (store, id, tenant) => {
  const steps = new Set((await store.cluster(id, tenant)).provision_progress.map((step) => step.id))
  return ({ step_id: step = '' }) => {
    if (steps.has(step) || !store.eventLog) return step
    throw new NotFound(`Step '${step}' of cluster '${id}'`)
  }
}

/** The events of a cluster, and the reports that they come from. */
export function clusterEventRoutes(context: Context): Route[] {
  const reporting = (summary: string, one: 'ReportRequest' | 'StepReportRequest'): Operation => ({
    summary,
    query: tenantParameters,
    headers: tenantHeader,
    body: { schema: { anyOf: [body(one), bodies(one)] }, types: ['application/json'] },
    answers: { 200: { description: 'Of one: whether it was stored, and how far the step is. Of a list: the same of each.', schema: { anyOf: [body('Recorded'), body('RecordedAll')] }, headers: clusterHeaders } },
    problems: [404, 409, 413, 415],
  })
  return [
    {
      path: '/v1/cluster/{id}/event',
      method: 'get',
      role: 'reader',
      operation: { summary: 'The events of a cluster, the last word of each instance, oldest first.', query: listQuery, headers: tenantHeader, answers: { 200: { description: 'A page of them.', schema: bodies('ClusterEvent'), headers: pageHeaders } }, problems: [404] },
      handler: async (req, res) => {
        const query = readList(req.url)
        const { step, successful, limit, after } = query
        const store = storeOf(context)
        const { events, next } = await store.events(idOf(req, 'Cluster'), { ...tenantOf(req, res, query), step, successful, limit, after })
        answerPage(store, req, res, events, next)
      },
    },
    {
      path: '/v1/cluster/{id}/event',
      method: 'post',
      role: 'operator',
      operation: reporting('Reports how it went with instances, one or many, of steps of this cluster. May be repeated.', 'ReportRequest'),
      readBody: readReports,
      handler: takeReports(context, isReport, areReports, stepsOfCluster),
    },
    {
      path: '/v1/step/{id}/event',
      method: 'post',
      role: 'operator',
      operation: reporting('Reports how it went with instances, one or many, of this step. May be repeated.', 'StepReportRequest'),
      readBody: readReports,
      handler: takeReports(context, isStepReport, areStepReports, (_store, id) => Promise.resolve(() => id)),
    },
  ]
}
