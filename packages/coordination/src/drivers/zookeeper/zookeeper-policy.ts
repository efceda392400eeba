import { InvalidArgument, NotSupported } from '@muster/common'
import type { Acl } from '@muster/zookeeper'

import type { AccessPolicy, Rights } from '../../access-control.js'
import { ownPath, ownRoot } from './zookeeper-paths.js'

/** ZooKeeper's numbers. @see its programmer's guide, "ACL permissions" */
const permissions: Readonly<Record<string, number>> = { r: 1, w: 2, c: 4, d: 8 }
const everything = 31
/** Which collections there are is no secret among workers. */
const ofAllCollections: Rights = 'r'

/** Where the policy of a namespace is. */
export const policyPath = (namespace: string): string => ownPath(namespace, 'meta/acl')

export const encodePolicy = (policy: AccessPolicy): Uint8Array => Buffer.from(JSON.stringify({ v: 1, ...policy }))

/** @throws NotSupported for one that only newer versions can read: to guess would open what is to be closed */
export function decodePolicy(data: Uint8Array): AccessPolicy {
  try {
    const { v, admins, workers, rules } = JSON.parse(Buffer.from(data).toString()) as AccessPolicy & { v: number }
    for (const id of [...admins, ...workers]) parseId(id)
    if (v === 1 && typeof rules.shared === 'string' && typeof rules.own === 'object') return { admins, workers, rules }
  } catch {
    // Told below.
  }
  throw new NotSupported('The ACL policy in ZooKeeper is not one that this version of Muster can read', { hint: 'Update it, or write the policy again: svc acl set.' })
}

/** `scheme:id`. @throws InvalidArgument, without the text: it may hold a password */
export function parseId(text: string): Pick<Acl, 'scheme' | 'id'> {
  const [, scheme = '', id = ''] = /^([a-z0-9]+):(.+)$/is.exec(text) ?? []
  if (scheme === '' || scheme === 'auth') throw new InvalidArgument('id', 'An id of ZooKeeper is SCHEME:ID', { hint: 'For example digest:USER:HASH, x509:CN=worker, ip:10.0.0.0/8.' })
  if (scheme === 'digest' && !/^[^:]+:[A-Za-z0-9+/]{27}=$/.test(id)) {
    throw new InvalidArgument('id', 'An id of the scheme digest is digest:USER:HASH, with the hash of USER:PASSWORD and not the password', { hint: 'svc acl set --worker-file FILE makes it of a file with USER:PASSWORD.' })
  }
  return { scheme, id }
}

/** The ACLs of one namespace by a policy. */
export class Acls {
  readonly #policy: AccessPolicy
  readonly #namespace: string
  readonly #made = new Map<Rights, readonly Acl[]>()

  constructor(policy: AccessPolicy, namespace: string) {
    this.#policy = policy
    this.#namespace = namespace
  }

  /** Undefined for what belongs to no namespace. */
  of(path: string): readonly Acl[] | undefined {
    const { shared, own } = this.#policy.rules
    const [, top = '', second, name, key] = path.split('/')
    if (top === this.#namespace) return this.#for(shared)
    if (`/${top}` !== ownRoot || second !== this.#namespace) return undefined
    if (name === undefined) return this.#for(ofAllCollections)
    const rules = Object.hasOwn(own, name) ? own[name] : undefined
    return this.#for((key === undefined ? rules?.directory : rules?.entries) ?? '')
  }

  #for(rights: Rights): readonly Acl[] {
    const found = this.#made.get(rights)
    if (found) return found
    const { admins, workers } = this.#policy
    const sum = [...new Set(rights)].reduce((all, letter) => all + (permissions[letter] ?? 0), 0)
    const acl = [...admins.map((id) => ({ ...parseId(id), permissions: everything })), ...(sum === 0 ? [] : workers.map((id) => ({ ...parseId(id), permissions: sum })))]
    this.#made.set(rights, acl)
    return acl
  }
}
