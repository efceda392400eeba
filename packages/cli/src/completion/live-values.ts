import type { Worker } from '@muster/servicegroup'

import { withClusters } from '../clusters/cluster-target.js'
import type { ClusterArguments } from '../clusters/cluster-target.js'
import type { LiveValue } from '../command.js'
import { withConfig } from '../config/with-config.js'
import type { Io } from '../io.js'
import { parseQuickly } from '../parse-quickly.js'
import type { OptionTable } from '../parse-quickly.js'
import { resolveTarget, withCoordinator, withReader } from '../target.js'

/** Somebody waits at the prompt. */
const budgetMs = 300

/** Such values as are there, where the words typed so far look. Whatever is wrong or late, there are none. */
export async function liveValues(wanted: LiveValue, typed: readonly string[], options: OptionTable, io: Io): Promise<readonly string[]> {
  if (wanted === 'file' || wanted === 'time' || wanted === 'url') return [] // shells know files
  if (wanted === 'cluster') await import('@muster/provisioning') // it loads as long as the others take for all
  const silent = { ...io, writeError: () => {} }
  const budget = AbortSignal.timeout(budgetMs)
  const late = new Promise<readonly string[]>((resolve) => budget.addEventListener('abort', () => resolve([])))
  const timer = setTimeout(() => {}, budgetMs) // the signal alone does not keep the process
  try {
    return await Promise.race([ask(wanted, typed, options, silent, budget), late])
  } catch {
    return []
  } finally {
    clearTimeout(timer)
  }
}

async function ask(wanted: Exclude<LiveValue, 'file' | 'time' | 'url'>, typed: readonly string[], options: OptionTable, bare: Io, signal: AbortSignal): Promise<readonly string[]> {
  const finished = typed.at(-1)?.startsWith('-') ? typed.slice(0, -1) : typed // the last one still waits for its value
  const { endpoint, backend, database, tenant, config } = parseQuickly(options, finished) ?? {}
  const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  const io = await withConfig(bare, textOf(config))
  if (wanted === 'cluster') return clusterNames({ endpoint: textOf(endpoint), database: textOf(database), tenant: textOf(tenant) }, io, signal)
  const target = resolveTarget({ endpoint: textOf(endpoint), backend: textOf(backend) }, 'endpoint' in options ? io.env : { ...io.env, SVC_ENDPOINT: undefined })
  if (wanted === 'lock') {
    const contenders = 'backend' in target ? await withCoordinator(target.backend, io, (coordinator) => coordinator.getLocks({ signal })) : []
    return [...new Set(contenders.map(({ lock }) => lock))]
  }
  return withReader(target, io, async (reader) => {
    if (wanted === 'service') return (await reader.getMany({}, { signal })).services.map(({ type, host }) => `${type}@${host}`)
    if (wanted === 'token') return (await reader.listTokens({ signal })).map(({ id }) => id)
    if (wanted === 'webhook') return (await reader.listWebhooks({ signal })).map(({ id }) => id)
    if (wanted === 'group') return (await reader.groups({ signal })).map(({ group }) => group)
    const values = (await reader.workers({}, { signal })).map((worker: Worker) => worker[wanted])
    return [...new Set(values.filter((value) => value !== null))].sort()
  })
}

async function clusterNames(args: ClusterArguments, io: Io, signal: AbortSignal): Promise<readonly string[]> {
  const { clusters } = await withClusters(args, io, ({ provisioning, tenant }) => provisioning.clusters({ tenant, signal, limit: 1000 }))
  return clusters.map(({ name }) => name)
}
