import type { ZooKeeperOptions } from '@muster/coordination/internal'
import { ephemeralLimits } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { ok, skip, warn } from './check.js'
import type { Finding } from './check.js'
import { childrenOf } from './zookeeper-children.js'

/** Of servers that say nothing else, and none of them tells. */
const usualBuffer = 1024 * 1024
const near = 0.8
const mostMembers = 50_000

interface Directory {
  readonly path: string
  readonly members: readonly string[]
}

/** How near the groups of a namespace are to what ZooKeeper and its clients bear. */
export async function lookAtLimits(client: ZooKeeperClient, { namespace }: ZooKeeperOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const root = `/${namespace}`
  const groups = await childrenOf(client, root, signal)
  if (groups === 'refused') return [skip(`${root} may not be read`)]
  const directories = await Promise.all((groups === 'absent' ? [] : groups).filter((name) => name !== 'locks').map((name) => directoryOf(client, `${root}/${name}`, signal)))
  const paths = directories.flatMap(({ path, members }) => members.map((member) => `${path}/${member}`))
  if (paths.length > mostMembers) return [skip(`${paths.length} members are too many to look at each`), judgeLists(directories)]
  const { nodes } = await client.getMany(paths, { signal })
  return [judgeSessions(nodes.map((node) => node?.stat.ephemeralOwner ?? 0n)), judgeLists(directories)]
}

async function directoryOf(client: ZooKeeperClient, path: string, signal: AbortSignal): Promise<Directory> {
  const members = await childrenOf(client, path, signal)
  return { path, members: typeof members === 'string' ? [] : members } // what is refused is told by the rights
}

function judgeSessions(owners: readonly bigint[]): Finding {
  const counts = new Map<bigint, number>()
  for (const owner of owners) if (owner !== 0n) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  const found = `${counts.size} session${counts.size === 1 ? '' : 's'} with members, at most ${most} of ${ephemeralLimits.nodes} ephemeral nodes in one`
  if (most < near * ephemeralLimits.nodes) return ok(found)
  return warn(found, 'Spread the members over more processes: the end of a session with too many nodes can stop an ensemble for good (ZOOKEEPER-4306).')
}

function judgeLists(directories: readonly Directory[]): Finding {
  const bytes = Math.max(0, ...directories.map(({ members }) => members.reduce((sum, name) => sum + 4 + Buffer.byteLength(name), 0)))
  const found = `the longest list of members has ${bytes} bytes; clients in Java read ${usualBuffer} unless jute.maxbuffer says otherwise`
  return bytes < near * usualBuffer ? ok(found) : warn(found, 'Split the group, or raise jute.maxbuffer of servers and clients.')
}
