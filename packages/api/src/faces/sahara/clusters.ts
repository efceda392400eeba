import { isMusterError } from '@muster/common'
import type { ClusterPage, ClusterRow, ProvisioningStore, TenantOptions } from '@muster/provisioning'
import type { RequestHandler } from 'express'

import type { Context } from '../../context.js'
import { Refusal } from '../../problems.js'
import { integer, queryReader, text } from '../../query.js'
import { idOf, storeOf } from '../../v1/cluster-parameters.js'
import { toPython } from '../python-text.js'
import { answerSahara } from './answers.js'
import { clusterRow, eventRow, pluginVersion } from './cluster-rows.js'
import type { Dialect } from './cluster-rows.js'
import { tenantOf } from './tenants.js'

const most = 1000
const pageParameters = { limit: integer('At most so many.', 1, most), marker: text('The next marker of the page before.') }
const readList = queryReader({ ...pageParameters, name: text('Of this name.'), plugin_name: text('Of this plugin.'), hadoop_version: text('Of this version.'), plugin_version: text('Of this version.') })
const readShow = queryReader({ show_progress: text('With the events of each step.') })
const readProgress = queryReader({ ...pageParameters, provision_step: text('Only those of this step.') })

/** Where a client may go on; absent where that was all. */
const markersOf = (next: string | null): object => (next === null ? {} : { markers: { prev: null, next } })

/** Clients without a limit are told every cluster, as Sahara does. */
async function readAll(store: ProvisioningStore, tenant: TenantOptions): Promise<ClusterPage> {
  const clusters: ClusterRow[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.clusters({ ...tenant, limit: most, after })
    clusters.push(...page.clusters)
    if (page.next === null) return { clusters, next: null }
    after = page.next
  }
}

/** `GET /clusters`: the clusters of a tenant, their steps without events. */
export function listClusters(context: Context, dialect: Dialect): RequestHandler {
  return async (req, res) => {
    const { limit, marker: after, name, plugin_name: plugin, hadoop_version: hadoop, plugin_version: version = hadoop } = readList(req.url)
    const [store, tenant] = [storeOf(context), tenantOf(req, res)]
    const { clusters, next } = limit === undefined && after === undefined ? await readAll(store, tenant) : await store.clusters({ ...tenant, limit: limit ?? most, after })
    const shown = clusters.filter((cluster) => (name ?? cluster.name) === cluster.name && (plugin ?? cluster.plugin_name) === cluster.plugin_name && (version ?? pluginVersion) === pluginVersion)
    answerSahara(res, { clusters: shown.map((cluster) => clusterRow(cluster, dialect)), ...markersOf(next) })
  }
}

/** `GET /clusters/{id}`: a cluster, with `show_progress` with the events of its steps. */
export function showCluster(context: Context, dialect: Dialect): RequestHandler {
  return async (req, res) => {
    const withEvents = readShow(req.url).show_progress?.toLowerCase() === 'true'
    const [store, id, tenant] = [storeOf(context), idOf(req, 'Object'), tenantOf(req, res)]
    answerSahara(res, { cluster: clusterRow(await unlessMissing(id, store.cluster(id, { ...tenant, withEvents })), dialect) })
  }
}

/** `GET /clusters/{id}/progress`: the events of a cluster, or of one step, oldest first. */
export function listEvents(context: Context): RequestHandler {
  return async (req, res) => {
    const { limit = most, marker: after, provision_step: step } = readProgress(req.url)
    if (step?.includes('\0')) throw new Refusal(400, 'invalid_argument', 'provision_step has a NUL byte')
    const [store, id, tenant] = [storeOf(context), idOf(req, 'Object'), tenantOf(req, res)]
    const { events, next } = await unlessMissing(id, store.events(id, { ...tenant, step, limit, after }))
    answerSahara(res, { events: events.map(eventRow), ...markersOf(next) })
  }
}

async function unlessMissing<T>(id: string, found: Promise<T>): Promise<T> {
  try {
    return await found
  } catch (error) {
    if (isMusterError(error, 'not_found')) throw new Refusal(404, 'not_found', `Object with ${toPython({ id })} not found`)
    throw error
  }
}
