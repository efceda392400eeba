import { BackendUnreachable, isMusterError } from '@muster/common'
import type { ChangeOptions, ZooKeeperClient } from '@muster/zookeeper'

import type { Entry } from '../../contract.js'
import { codeOf } from './zookeeper-errors.js'
import { orAbsent } from './zookeeper-list.js'
import { ownerOf, toRevision } from './zookeeper-paths.js'

/**
 * Begins a takeover. Every new node has version 0, so that a delete of version 0 could hit whoever has made the node anew:
 * first its own data is written to it once more, which shows whose it is and gives it a version that no new node has.
 * Resolves with that version; undefined when the node is another one, or gone.
 */
export async function markForTakeover(client: ZooKeeperClient, path: string, { created, owner }: Entry, options: ChangeOptions): Promise<number | undefined> {
  try {
    const found = await orAbsent(client.getData(path, options))
    if (!found || toRevision(found.stat.czxid) !== created) return undefined
    const { stat } = await client.setData(path, new Uint8Array(found.data), found.stat.version, options)
    return toRevision(stat.czxid) === created && ownerOf(stat) === owner ? stat.version : undefined
  } catch (error) {
    if (codeOf(error) === 'NO_NODE' || codeOf(error) === 'BAD_VERSION') return undefined
    if (isMusterError(error, 'outcome_unknown')) throw new BackendUnreachable('ZooKeeper', 'the connection was cut before the takeover', { cause: error })
    throw error
  }
}
