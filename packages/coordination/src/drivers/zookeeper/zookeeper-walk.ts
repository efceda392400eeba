import type { Acl, ZooKeeperClient } from '@muster/zookeeper'

import { codeOf } from './zookeeper-errors.js'
import { ownPath, ownRoot } from './zookeeper-paths.js'

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

/** `hidden`: this session may not know; `gone`: the node was removed in between, or never was. */
export interface Judged {
  readonly path: string
  readonly state: 'right' | 'wrong' | 'hidden' | 'gone'
}

const atOnce = 1000

/** The paths of all nodes of a namespace, from above, some at a time: what is below them is listed after they were dealt with. */
export async function* walk(client: ZooKeeperClient, namespace: string, options: Signalled): AsyncGenerator<readonly string[], void> {
  let level = [`/${namespace}`, `${ownRoot}/${namespace}`]
  while (level.length > 0) {
    const below: string[] = []
    for (let at = 0; at < level.length; at += atOnce) {
      const paths = level.slice(at, at + atOnce)
      yield paths
      for (const children of await Promise.all(paths.map((path) => childrenOf(client, path, options)))) for (const child of children) below.push(child)
    }
    level = below
  }
}

/** The directory that a node is told under: all that is shared with Python is one. */
export function placeOf(namespace: string, path: string): string {
  const [, top, second, name] = path.split('/')
  if (top === namespace) return `/${namespace}`
  return ownPath(second ?? '', name ?? '').replace(/\/$/, '')
}

/** Compares the ACLs of nodes with what they should be, in their order. */
export function judge(client: ZooKeeperClient, paths: readonly string[], aclOf: (path: string) => readonly Acl[] | undefined, options: Signalled): Promise<Judged[]> {
  return Promise.all(
    paths.map(async (path): Promise<Judged> => {
      try {
        return { path, state: isSame(await client.getAcl(path, options), aclOf(path) ?? []) ? 'right' : 'wrong' }
      } catch (error) {
        if (codeOf(error) === 'NO_NODE') return { path, state: 'gone' }
        if (codeOf(error) === 'NO_AUTH') return { path, state: 'hidden' }
        throw error
      }
    }),
  )
}

async function childrenOf(client: ZooKeeperClient, path: string, options: Signalled): Promise<string[]> {
  try {
    return (await client.getChildren(path, options)).children.map((name) => `${path}/${name}`)
  } catch (error) {
    if (codeOf(error) === 'NO_NODE' || codeOf(error) === 'NO_AUTH') return []
    throw error
  }
}

const masked = /^([^:]*):x$/

/** Servers write `x` for the hash of a password to those who may not change the ACL. */
function isSame(found: readonly Acl[], wanted: readonly Acl[]): boolean {
  const isMasked = found.some(({ scheme, id }) => scheme === 'digest' && masked.test(id))
  const text = ({ permissions, scheme, id }: Acl): string => `${permissions} ${scheme} ${isMasked && scheme === 'digest' ? id.replace(/:.*/s, ':x') : id}`
  return [...new Set(found.map(text))].sort().join('\n') === [...new Set(wanted.map(text))].sort().join('\n')
}
