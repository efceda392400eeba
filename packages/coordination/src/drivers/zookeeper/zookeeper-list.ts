import { BackendUnreachable } from '@muster/common'
import type { CallOptions, Reads } from '@muster/zookeeper'

import type { Entry } from '../../contract.js'
import { codeOf } from './zookeeper-errors.js'
import { isEntry, pathOf, toEntry } from './zookeeper-paths.js'
import type { Place } from './zookeeper-paths.js'

const mostTries = 5
const noData = new Uint8Array()

/** Entries and the change up to which they are right. */
export interface Found {
  readonly entries: Entry[]
  readonly zxid: bigint
}

/** The keys of a collection. Undefined when its group is not there; a directory that was never made is empty. */
export async function listKeys(reads: Reads, place: Place, options?: CallOptions): Promise<{ readonly keys: string[] | undefined; readonly zxid: bigint }> {
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const listed = await orAbsent(reads.getChildren(place.directory, options))
    if (listed) return { keys: listed.children.filter((key) => isEntry(place, key)), zxid: listed.zxid }
    const { nodes: [directory, group], zxid } = await reads.getMany([place.directory, place.group ?? place.directory], options)
    if (!directory) return { keys: place.group === undefined || group ? [] : undefined, zxid }
  }
  throw new BackendUnreachable('ZooKeeper', `${place.directory} came and went at each of ${mostTries} looks`)
}

/** All entries of a collection, in the order of their keys; undefined in place of them as `listKeys` says. */
export async function listEntries(reads: Reads, place: Place, options?: CallOptions): Promise<Found | { readonly entries: undefined; readonly zxid: bigint }> {
  const { keys, zxid: since } = await listKeys(reads, place, options)
  if (!keys?.length) return { entries: keys && [], zxid: since }
  const { entries, zxid } = await readEntries(reads, place, keys.sort(), options)
  return { entries: entries.filter((entry) => entry !== undefined), zxid: zxid > since ? zxid : since }
}

/**
 * The entries with these keys, in their order; undefined for one that is not there. One that may not be read, for whatever
 * reason, costs its data alone.
 */
export async function readEntries(reads: Reads, place: Place, keys: readonly string[], options?: CallOptions): Promise<{ entries: (Entry | undefined)[]; zxid: bigint }> {
  try {
    const single = keys.length === 1 ? keys[0] : undefined
    const node = single === undefined ? undefined : await orAbsent(reads.getData(pathOf(place, single), options)) // shorter than the same in a batch
    if (single !== undefined && node) return { entries: [toEntry(place, single, node)], zxid: node.zxid }
    const { nodes, zxid } = await reads.getMany(keys.length > 0 ? keys.map((key) => pathOf(place, key)) : [place.directory], options)
    return { entries: keys.map((key, index) => nodes[index] && toEntry(place, key, nodes[index])), zxid }
  } catch (error) {
    if (codeOf(error) !== 'NO_AUTH') throw error
    const entries = await Promise.all(keys.map((key) => readShown(reads, place, key, options)))
    return { entries, zxid: (await reads.getMany([], options)).zxid }
  }
}

/** Everybody may ask whether a node is there: of one that may not be read, that much is shown. */
async function readShown(reads: Reads, place: Place, key: string, options?: CallOptions): Promise<Entry | undefined> {
  const path = pathOf(place, key)
  try {
    const node = await orAbsent(reads.getData(path, options))
    return node && toEntry(place, key, node)
  } catch (error) {
    if (codeOf(error) !== 'NO_AUTH') throw error
    const stat = await reads.exists(path, options)
    return stat && toEntry(place, key, { data: noData, stat })
  }
}

/** Undefined when there is no such node. */
export async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (codeOf(error) === 'NO_NODE') return undefined
    throw error
  }
}

/** How many entries a collection has, without reading them. */
export async function countEntries(reads: Reads, { directory, reserved }: Place, options?: CallOptions): Promise<number> {
  const [stat, other] = await Promise.all([reads.exists(directory, options), reserved === undefined ? undefined : reads.exists(`${directory}/${reserved}`, options)])
  return stat ? stat.numChildren - (other ? 1 : 0) : 0
}
