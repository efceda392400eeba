import { isMusterError } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Coordinator } from '@muster/coordination'

import type { Group, Worker, WorkerFilter } from './worker.js'
import { compareWorkers, matchesFilter } from './worker-filter.js'
import { toWorker } from './worker-record.js'

interface ReadOptions {
  readonly signal: AbortSignal | undefined
  readonly logger: Logger | undefined
}

/** The live workers that match, sorted, as they are after the call. */
export async function readWorkers(coordinator: Coordinator, filter: WorkerFilter, options: ReadOptions): Promise<readonly Worker[]> {
  const groups = (await coordinator.getGroups(options)).map(({ group }) => group)
  const wanted = filter.group === undefined ? groups : groups.filter((group) => filter.group === group || filter.group?.includes(group))
  const lists = await readGroups(coordinator, wanted, options)
  return wanted
    .flatMap((group) => lists.get(group) ?? [])
    .filter((worker) => matchesFilter(filter, worker))
    .sort(compareWorkers)
}

/** The groups that are there, sorted. */
export async function readGroupRows(coordinator: Coordinator, options: ReadOptions): Promise<readonly Group[]> {
  const groups = await coordinator.getGroups(options)
  const lists = await readGroups(coordinator, groups.map(({ group }) => group), options)
  return groups.map(({ group, createdAt }) => ({ group, members: lists.get(group)?.length ?? 0, createdAt: new Date(createdAt).toISOString() }))
}

/** A group that belongs to somebody else does not hide the others; it is an error only if there is nothing else to show. */
async function readGroups(coordinator: Coordinator, groups: readonly string[], { signal, logger }: ReadOptions): Promise<ReadonlyMap<string, Worker[]>> {
  const lists = new Map<string, Worker[]>()
  const refusals: unknown[] = []
  await Promise.all(
    groups.map(async (group) => {
      try {
        lists.set(group, await readGroup(coordinator, group, signal))
      } catch (error) {
        if (!isMusterError(error, 'not_allowed')) throw error
        refusals.push(error)
        logger?.warn({ err: error, group }, 'the members of a group may not be read')
      }
    }),
  )
  if (refusals.length > 0 && lists.size === 0) throw refusals[0]
  return lists
}

async function readGroup(coordinator: Coordinator, group: string, signal: AbortSignal | undefined): Promise<Worker[]> {
  try {
    return (await coordinator.getMembersWithCapabilities(group, { signal })).map((member) => toWorker(group, member))
  } catch (error) {
    if (isMusterError(error, 'group_not_created')) return [] // deleted between the two reads
    throw error
  }
}
