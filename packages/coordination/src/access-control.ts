import { NotSupported } from '@muster/common'

import { parseBackendUrl } from './backend-url.js'
import { backendSchemes } from './open-session.js'

/** Letters as ZooKeeper's own tools write them: `c` create and `d` delete what is below, `r` read, `w` write. */
export type Rights = string

/** What workers may do; administrators may do everything, and nobody else anything. */
export interface AccessRules {
  /** With all that is shared with Python: groups, members, leaders and locks. */
  readonly shared: Rights
  /** With Muster's own collections, by name, and with the entries in them; with others nothing. */
  readonly own: Readonly<Record<string, { readonly directory: Rights; readonly entries: Rights }>>
}

/** Who may do what in one namespace. Ids are ZooKeeper's: `digest:user:hash`, `x509:CN=worker`, `ip:10.0.0.0/8`, `world:anyone`. */
export interface AccessPolicy {
  readonly admins: readonly string[]
  readonly workers: readonly string[]
  readonly rules: AccessRules
}

/** How well the nodes of one place keep to a policy. */
export interface PlaceAccess {
  /** The path of the directory. */
  readonly place: string
  /** How many nodes there are, the directory among them. */
  readonly nodes: number
  /** Those with another ACL. */
  readonly wrong: readonly string[]
  /** How many have an ACL that this session may not see. */
  readonly hidden: number
}

/** What was done to the nodes that are there. */
export interface AppliedAccess {
  readonly changed: number
  /** As they should be already. */
  readonly kept: number
}

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

/** Reads and writes who may do what with the nodes of one namespace. */
export interface AccessControl extends AsyncDisposable {
  /** The id of the user in the URL. */
  readonly user: string | undefined
  /** Of all users whose credentials the session has. */
  readonly ids: readonly string[]
  /** The ids of the users in a file, one `user:password` a line. @throws InvalidArgument */
  idsIn(file: string): string[]
  /** Undefined when there is none. @throws NotAllowed when it is there, and not for this session */
  policy(options?: Signalled): Promise<AccessPolicy | undefined>
  /** Compares what is there with a policy; changes nothing. */
  inspect(policy: AccessPolicy, options?: Signalled): Promise<readonly PlaceAccess[]>
  /**
   * Makes the policy hold: resolves when all that is there keeps to it. Sessions that are open follow within one session timeout. It may
   * be called again at any time, and goes on where an earlier call was ended.
   * @throws InvalidArgument for ids that no server takes, and for a policy that would shut this session out; NotAllowed
   * when some nodes are not this session's to give away: all others are done
   */
  set(policy: AccessPolicy, options?: Signalled): Promise<AppliedAccess>
  /** Opens everything to everybody, and forgets the policy. @throws NotAllowed */
  unset(options?: Signalled): Promise<AppliedAccess>
}

/** @throws NotSupported for a backend without ACLs; InvalidArgument */
export async function openAccessControl(url: string): Promise<AccessControl> {
  const parsed = parseBackendUrl(url, backendSchemes)
  if (parsed.scheme === 'embedded') {
    throw new NotSupported('The embedded store has no ACLs', { hint: 'It is for the owner of its folder alone, by the permissions of the file system.' })
  }
  return (await import('./drivers/zookeeper/zookeeper-access-control.js')).openZooKeeperAccessControl(parsed)
}
