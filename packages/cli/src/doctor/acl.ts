import { isMusterError } from '@muster/common'
import { openAccessControl } from '@muster/coordination/internal'
import type { AccessControl, AccessPolicy, PlaceAccess } from '@muster/coordination/internal'

import { fail, ok, skip, warn } from './check.js'
import type { Finding } from './check.js'

/** An id as it may be shown: without the hash of a password. */
export const withoutHash = (id: string): string => id.replace(/^(digest:[^:]*):.*/s, '$1')

export const describePolicy = ({ admins, workers }: Pick<AccessPolicy, 'admins' | 'workers'>): string => `administrators: ${admins.map(withoutHash).join(', ')}; workers: ${workers.map(withoutHash).join(', ')}`

/** What the doctor tells of the ACLs of a ZooKeeper URL. */
export async function lookAtAcl(url: string, signal: AbortSignal): Promise<readonly Finding[]> {
  await using control = await openAccessControl(url)
  try {
    const policy = await control.policy({ signal })
    return policy ? judgePolicy(policy, control) : [skip('no policy says who may do what; svc acl set makes one')]
  } catch (error) {
    if (!isMusterError(error, 'not_allowed')) throw error
    return [fail('there is a policy, and this user is not in it', error.hint)]
  }
}

/** What a policy is, and what this session is by it. */
export function judgePolicy(policy: AccessPolicy, { ids }: Pick<AccessControl, 'ids'>): Finding[] {
  const isOne = (of: readonly string[]): string | undefined => ids.find((id) => of.includes(id))
  const [admin, worker] = [isOne(policy.admins), isOne(policy.workers)]
  const found = ok(describePolicy(policy))
  if (admin !== undefined) return [found, ok(`${withoutHash(admin)} is an administrator, and may do everything`)]
  if (worker !== undefined) return [found, ok(`${withoutHash(worker)} is a worker: it may join, lock, lead and read lists, and change no service`)]
  return [found, skip('what this session may do, its address or certificate says')]
}

/** Whether what is there keeps to the policy. */
export function judgePlace({ place, nodes, wrong, hidden }: PlaceAccess): Finding {
  const all = `${place}: ${nodes} node${nodes === 1 ? '' : 's'}`
  const unseen = hidden === 0 ? '' : `, ${hidden} of them hidden from this user`
  if (wrong.length === 0) return ok(`${all} as the policy says${unseen}`)
  return warn(`${all}, ${wrong.length} with another ACL, as ${wrong[0] ?? ''}${unseen}`, 'An administrator makes it right: the same svc acl set again.')
}
