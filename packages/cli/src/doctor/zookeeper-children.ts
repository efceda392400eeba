import { isZooKeeperError } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

/** The names below a node; `absent` when it is not there, `refused` when this user may not look. */
export async function childrenOf(client: ZooKeeperClient, path: string, signal: AbortSignal): Promise<readonly string[] | 'absent' | 'refused'> {
  try {
    return (await client.getChildren(path, { signal })).children
  } catch (error) {
    if (isZooKeeperError(error, 'NO_NODE')) return 'absent'
    if (isZooKeeperError(error, 'NO_AUTH')) return 'refused'
    throw error
  }
}
