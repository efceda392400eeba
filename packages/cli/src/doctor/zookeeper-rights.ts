import { randomBytes } from 'node:crypto'

import { decodeKey } from '@muster/coordination/internal'
import type { ZooKeeperOptions } from '@muster/coordination/internal'
import { isZooKeeperError } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { atMost } from '../some-of.js'
import { fail, ok, skip, warn } from './check.js'
import type { Finding } from './check.js'
import { compareClocks } from './clock.js'
import { childrenOf } from './zookeeper-children.js'

const isRefused = (error: unknown): boolean => isZooKeeperError(error, 'NO_AUTH')
const probeName = (): string => `muster-doctor-${randomBytes(8).toString('hex')}`
const impossibleVersion = 0x7fff_ffff

/**
 * True when this user may make nodes below `path`. Nothing is made: the change also asks for what is never so, and ZooKeeper
 * does all of a change or nothing, but looks at the rights first.
 */
async function mayCreateIn(client: ZooKeeperClient, path: string, signal: AbortSignal): Promise<boolean> {
  const probe = `${path === '/' ? '' : path}/${probeName()}`
  try {
    await client.multi([{ op: 'create', path: probe, mode: 'ephemeral' }, { op: 'check', path: probe, version: impossibleVersion }], { signal })
  } catch (error) {
    if (isRefused(error)) return false
    if (!isZooKeeperError(error, 'BAD_VERSION')) throw error
  }
  return true
}

const adviceFor = (user: string | undefined): string =>
  `${user === undefined ? 'Give the user who may' : `'${user}' may not, or this is not the password it was made with; give the user who may`}: zookeeper://user:password@host:2181, or zookeeper://user@host:2181 with the password in SVC_ZOOKEEPER_PASSWORD.`

const mostGroups = 200

/** Whether this user may see and make groups, and join those that are there. */
export async function lookAtRights(client: ZooKeeperClient, { namespace, servers, credentials }: ZooKeeperOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const advice = adviceFor(credentials?.user)
  const who = credentials === undefined ? 'without a user' : `as '${credentials.user}'`
  const chroot = servers.slice(servers.indexOf('/'))
  if (servers.includes('/') && (await client.exists('/', { signal })) === undefined) {
    return [{ ...fail(`the path ${chroot} of the URL is not there`, `Make it, for example with zkCli.sh: create ${chroot}`), ends: `there is no ${chroot}` }]
  }

  const root = `/${namespace}`
  const found = await childrenOf(client, root, signal)
  if (found === 'refused') return [fail(`${root} may not be read ${who}`, advice)]
  if (found === 'absent') {
    return [(await mayCreateIn(client, '/', signal)) ? ok(`${root} is not there yet and may be made ${who}`) : fail(`${root} is not there and may not be made ${who}`, advice)]
  }
  const mayMakeGroups = await mayCreateIn(client, root, signal)
  const groups = found.filter((name) => name !== 'locks')
  const namespaceFinding = mayMakeGroups ? ok(`${root} may be read, and groups may be made in it, ${who}`) : fail(`${root} may be read, but no group may be made in it ${who}`, advice)
  return [namespaceFinding, ...(await lookAtGroups(client, root, groups, who, advice, signal))]
}

async function lookAtGroups(client: ZooKeeperClient, root: string, groups: readonly string[], who: string, advice: string, signal: AbortSignal): Promise<Finding[]> {
  if (groups.length === 0) return []
  const looked = await Promise.all(
    groups.slice(0, mostGroups).map(async (group) => {
      const path = `${root}/${group}`
      const members = await childrenOf(client, path, signal)
      const mayJoin = members === 'absent' || (await mayCreateIn(client, path, signal))
      return { group: decodeKey(group), mayRead: members !== 'refused', mayJoin }
    }),
  )
  const named = (list: readonly { group: string }[]): string => atMost(5, list.map(({ group }) => `'${group}'`))
  const hidden = looked.filter(({ mayRead }) => !mayRead)
  const closed = looked.filter(({ mayRead, mayJoin }) => mayRead && !mayJoin)
  const findings = [
    ...(hidden.length > 0 ? [fail(`the members of ${named(hidden)} may not be read ${who}`, advice)] : []),
    ...(closed.length > 0 ? [fail(`nobody may join ${named(closed)} ${who}`, advice)] : []),
  ]
  const rest = groups.length > mostGroups ? `, the first ${mostGroups} of ${groups.length}` : ''
  return findings.length > 0 ? findings : [ok(`${looked.length} group${looked.length === 1 ? '' : 's'} may be read and joined${rest}`)]
}

/** Makes an ephemeral node, out of the way of groups, and removes it: it works, it is ours, and its time is the server's. */
export async function lookAtProbe(client: ZooKeeperClient, namespace: string, signal: AbortSignal): Promise<{ probe: Finding; clock: Finding }> {
  const place = (await client.exists(`/muster/${namespace}`, { signal })) ? `/muster/${namespace}` : (await client.exists('/muster', { signal })) ? '/muster' : ''
  const path = `${place}/${probeName()}`
  const before = Date.now()
  const { epoch } = client.state
  try {
    const { stat } = await client.create(path, { mode: 'ephemeral', epoch, signal })
    const after = Date.now()
    await client.delete(path, -1, { signal })
    const isOurs = stat.ephemeralOwner === client.sessionId
    const probe = isOurs ? ok(`an ephemeral node was made and removed in ${Date.now() - before} ms`) : warn('an ephemeral node was made for another session', 'The connection was lost in between; run svc doctor again.')
    return { probe, clock: compareClocks(stat.ctime, before, after) }
  } catch (error) {
    if (!isRefused(error)) throw error
    return { probe: skip(`no node may be made in ${place === '' ? '/' : place}`), clock: skip('only a new node tells the time of the server') }
  }
}
