import type { Reported, StepType } from '@muster/provisioning'

import type { Context } from '../context.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { stepRequestSchema } from '../schemas/cluster-schemas.js'
import { compileBody } from '../schemas/compile-schema.js'
import { bodies, body } from '../schemas/schemas.js'
import { answerFrom, clusterHeaders, idOf, storeOf, tenantHeader, tenantOf, tenantParameters, withEventsParameters } from './cluster-parameters.js'
import { readBody } from './read-body.js'

interface StepRequest {
  readonly step_name: string
  readonly step_type: StepType
  readonly total: number
  readonly parallel?: boolean
}

const isRequest = compileBody<StepRequest>(stepRequestSchema)
const listQuery = { ...tenantParameters, ...withEventsParameters }
const [readList, readTenant] = [queryReader(listQuery), queryReader(tenantParameters)]

/** What became of a report, and why nothing was stored where nothing was. */
export const toOutcome = ({ recorded, step }: Reported): object => ({ recorded, reason: recorded ? null : step === null ? 'event_log_off' : 'step_done', step })

/** The steps of a cluster, and one by its id, which is all that a reporter has to know. */
export function stepRoutes(context: Context): Route[] {
  const recorded = { description: 'Whether it was stored, and how far the step is.', schema: body('Recorded'), headers: clusterHeaders }
  return [
    {
      path: '/v1/cluster/{id}/step',
      method: 'get',
      role: 'reader',
      operation: { summary: 'The steps of a cluster that have begun, oldest first.', query: listQuery, headers: tenantHeader, answers: { 200: { description: 'All of them.', schema: bodies('ClusterProvisionStep'), headers: clusterHeaders } }, problems: [404] },
      handler: async (req, res) => {
        const query = readList(req.url)
        const store = storeOf(context)
        answerFrom(store, res, (await store.cluster(idOf(req, 'Cluster'), { ...tenantOf(req, res, query), withEvents: query.events })).provision_progress)
      },
    },
    {
      path: '/v1/cluster/{id}/step',
      method: 'post',
      role: 'operator',
      operation: {
        summary: 'Begins a step, or joins the open one of that name, type and total: all who report to it may ask for this.',
        query: tenantParameters,
        headers: tenantHeader,
        body: { schema: body('StepRequest'), types: ['application/json'] },
        answers: { 200: recorded },
        problems: [404, 409, 413, 415],
      },
      handler: async (req, res) => {
        const query = readTenant(req.url)
        const { step_name: name, step_type: type, total, parallel } = readBody(req.body, isRequest, 'Send {"step_name": "Launching instances", "step_type": "creating", "total": 10}, and if you like parallel.')
        const store = storeOf(context)
        const step = await store.beginStep(idOf(req, 'Cluster'), { name, type, total, parallel }, tenantOf(req, res, query))
        answerFrom(store, res, toOutcome({ recorded: step !== null, step }))
      },
    },
    {
      path: '/v1/step/{id}',
      method: 'get',
      role: 'reader',
      operation: { summary: 'How far a step is.', query: tenantParameters, headers: tenantHeader, answers: { 200: { description: 'As it is.', schema: body('ClusterProvisionStep'), headers: clusterHeaders } }, problems: [404] },
      handler: async (req, res) => {
        const query = readTenant(req.url)
        const store = storeOf(context)
        answerFrom(store, res, await store.step(idOf(req, 'Step'), tenantOf(req, res, query)))
      },
    },
    {
      path: '/v1/step/{id}/renewal',
      method: 'post',
      role: 'operator',
      operation: { summary: 'Says that somebody is still at a step, where reports are far between.', query: tenantParameters, headers: tenantHeader, answers: { 200: recorded }, problems: [404] },
      handler: async (req, res) => {
        const query = readTenant(req.url)
        const store = storeOf(context)
        answerFrom(store, res, toOutcome(await store.renew(idOf(req, 'Step'), tenantOf(req, res, query))))
      },
    },
  ]
}
