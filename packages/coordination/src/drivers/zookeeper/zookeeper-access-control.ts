import { randomUUID } from 'node:crypto'

import { InvalidArgument, NotAllowed } from '@muster/common'
import type { Acl, ZooKeeperClient } from '@muster/zookeeper'

import type { AccessControl, AccessPolicy, AppliedAccess, PlaceAccess } from '../../access-control.js'
import type { BackendUrl } from '../../backend-url.js'
import { Directories } from './zookeeper-directories.js'
import { codeOf, importZooKeeper, indexOf, translate } from './zookeeper-errors.js'
import { orAbsent } from './zookeeper-list.js'
import { authOf, credentialsIn, parseZooKeeperOptions } from './zookeeper-options.js'
import type { Credentials, ZooKeeperOptions } from './zookeeper-options.js'
import { ownPath, ownRoot, Places } from './zookeeper-paths.js'
import { Acls, decodePolicy, encodePolicy, policyPath } from './zookeeper-policy.js'
import { judge, placeOf, walk } from './zookeeper-walk.js'
import type { Judged } from './zookeeper-walk.js'

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

/** Others may make nodes while the ACLs of those that are there are set. */
const mostPasses = 5
const impossibleVersion = 0x7fff_ffff

type AclOf = (path: string) => readonly Acl[]

interface Tools {
  readonly digestAcl: (user: string, password: string) => readonly Acl[]
  readonly openAcl: readonly Acl[]
}

class ZooKeeperAccessControl implements AccessControl {
  readonly user: string | undefined
  readonly ids: readonly string[]
  readonly #client: ZooKeeperClient
  readonly #namespace: string
  readonly #tools: Tools
  readonly #userName: string | undefined

  constructor(client: ZooKeeperClient, { namespace, credentials, otherCredentials = [] }: ZooKeeperOptions, tools: Tools) {
    this.#client = client
    this.#namespace = namespace
    this.#tools = tools
    this.#userName = credentials?.user
    this.user = credentials && this.#idOf(credentials)
    this.ids = [...(this.user === undefined ? [] : [this.user]), ...otherCredentials.map((user) => this.#idOf(user))]
  }

  idsIn(file: string): string[] {
    return credentialsIn('file', file).map((user) => this.#idOf(user))
  }

  policy(options?: Signalled): Promise<AccessPolicy | undefined> {
    return this.#explained(async () => {
      const node = await orAbsent(this.#client.getData(policyPath(this.#namespace), options))
      return node && decodePolicy(node.data)
    })
  }

  inspect(policy: AccessPolicy, options: Signalled = {}): Promise<readonly PlaceAccess[]> {
    return this.#explained(async () => {
      const acls = new Acls(policy, this.#namespace)
      const places = new Map<string, { place: string; nodes: number; wrong: string[]; hidden: number }>()
      for await (const paths of walk(this.#client, this.#namespace, options)) {
        for (const { path, state } of await judge(this.#client, paths, (each) => acls.of(each), options)) {
          if (state === 'gone') continue
          const place = placeOf(this.#namespace, path)
          const found = places.get(place) ?? { place, nodes: 0, wrong: [], hidden: 0 }
          places.set(place, found)
          found.nodes += 1
          if (state === 'wrong') found.wrong.push(path)
          if (state === 'hidden') found.hidden += 1
        }
      }
      return [...places.values()].sort((a, b) => (a.place < b.place ? -1 : 1))
    })
  }

  set(policy: AccessPolicy, options: Signalled = {}): Promise<AppliedAccess> {
    return this.#explained(async () => {
      const acls = new Acls(policy, this.#namespace)
      const aclOf: AclOf = (path) => acls.of(path) ?? this.#tools.openAcl
      await this.#mustStayIn(policy, acls, options)
      await this.#write(policy, aclOf, options)
      return this.#apply(aclOf, options)
    })
  }

  unset(options: Signalled = {}): Promise<AppliedAccess> {
    return this.#explained(async () => {
      const aclOf: AclOf = () => this.#tools.openAcl
      const { changed, kept } = await this.#apply(aclOf, options)
      await orAbsent(this.#client.delete(policyPath(this.#namespace), -1, options))
      const { changed: late } = await this.#apply(aclOf, options) // what was made under the policy in between
      return { changed: changed + late, kept }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
  }

  #idOf({ user, password }: Credentials): string {
    const [acl] = this.#tools.digestAcl(user, password)
    return `digest:${acl?.id ?? ''}`
  }

  async #explained<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      const translated = translate(error, this.#userName)
      throw codeOf(error) === 'NO_AUTH' && translated instanceof Error ? new NotAllowed(translated.message, { cause: error, hint: needsOwner }) : translated
    }
  }

  /**
   * Nothing is made: the change also asks for what is never so. ZooKeeper looks at the ids first, and then whether this session
   * may look at what it would have made. @throws InvalidArgument
   */
  async #mustStayIn(policy: AccessPolicy, acls: Acls, options: Signalled): Promise<void> {
    const above = [ownPath(this.#namespace, 'meta'), ownPath(this.#namespace, '').slice(0, -1), ownRoot]
    const found = await Promise.all(above.map((path) => this.#client.exists(path, options)))
    const probe = `${above.find((_, index) => found[index]) ?? ''}/acl-probe-${randomUUID()}`
    const forAdmins = new Acls({ ...policy, workers: [] }, this.#namespace).of(policyPath(this.#namespace)) ?? []
    try {
      await this.#client.multi(
        [
          { op: 'create', path: `${probe}-all`, acl: acls.of(policyPath(this.#namespace)) ?? [] },
          { op: 'create', path: probe, acl: forAdmins },
          { op: 'check', path: probe, version: impossibleVersion },
        ],
        options,
      )
    } catch (error) {
      if (codeOf(error) === 'INVALID_ACL') throw noSuchId(error)
      if (codeOf(error) === 'NO_AUTH' && indexOf(error) === 2) throw notAnAdmin(error)
      if (codeOf(error) !== 'BAD_VERSION') throw error
    }
  }

  /** The policy comes right behind the directory that it is in: what workers make meanwhile would be theirs alone. */
  async #write(policy: AccessPolicy, aclOf: AclOf, options: Signalled): Promise<void> {
    const places = new Places(this.#namespace)
    const directories = new Directories(this.#client, places, { aclOf })
    await directories.make(places.of('meta'))
    const [path, data] = [policyPath(this.#namespace), encodePolicy(policy)]
    await this.#client.create(path, { data, acl: aclOf(path), ...options }).catch((error: unknown) => {
      if (codeOf(error) !== 'NODE_EXISTS') throw error
      return this.#client.setData(path, data, -1, options)
    })
    for (const collection of ['groups', ...Object.keys(policy.rules.own)]) await directories.make(places.of(collection)) // workers may not make them
  }

  /** Sets the ACL of every node that has another one, until there is none. @throws NotAllowed */
  async #apply(aclOf: AclOf, options: Signalled): Promise<AppliedAccess> {
    let done: AppliedAccess = { changed: 0, kept: 0 }
    for (let pass = 1; pass <= mostPasses; pass += 1) {
      const refused: string[] = []
      let [changed, kept] = [0, 0]
      for await (const paths of walk(this.#client, this.#namespace, options)) {
        const judged = await judge(this.#client, paths, aclOf, options)
        const outcomes = await Promise.all(judged.map((node) => this.#mend(node, aclOf, options)))
        changed += outcomes.filter((outcome) => outcome === 'changed').length
        kept += outcomes.filter((outcome) => outcome === 'kept').length
        refused.push(...outcomes.flatMap((outcome, index) => (outcome === 'refused' ? [judged[index]?.path ?? ''] : [])))
      }
      done = { changed: done.changed + changed, kept: pass === 1 ? kept : done.kept }
      if (refused.length > 0) throw notOurs(refused)
      if (changed === 0) break
    }
    return done
  }

  async #mend({ path, state }: Judged, aclOf: AclOf, options: Signalled): Promise<'changed' | 'kept' | 'refused' | 'gone'> {
    if (state === 'right') return 'kept'
    if (state === 'gone') return 'gone'
    try {
      await this.#client.setAcl(path, aclOf(path), options)
      return 'changed'
    } catch (error) {
      if (codeOf(error) === 'NO_NODE') return 'gone'
      if (codeOf(error) === 'NO_AUTH') return 'refused'
      throw error
    }
  }
}

const noSuchId = (cause: unknown): InvalidArgument =>
  new InvalidArgument('id', 'The ZooKeeper servers take one of these ids for none', { cause, hint: 'Its scheme must be switched on at the servers (authProvider), and its form be that of the scheme.' })

const notAnAdmin = (cause: unknown): InvalidArgument =>
  new InvalidArgument('admin', 'This session is none of the administrators: it would shut itself out', { cause, hint: 'Give the user who is to be one: zookeeper://admin:password@host:2181.' })

const needsOwner = 'Give an administrator as user; and if another user has made what is there, that one too: zookeeper://admin@host:2181?auth_file=FILE, with USER:PASSWORD in the file.'
const mostNamed = 3

function notOurs(paths: readonly string[]): NotAllowed {
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : ''
  return new NotAllowed(`These nodes are another user's, and their ACL was not set: ${paths.slice(0, mostNamed).join(', ')}${more}`, {
    hint: `All else is done. ${needsOwner}`,
  })
}

/** @throws InvalidArgument, NotSupported */
export async function openZooKeeperAccessControl(url: BackendUrl): Promise<AccessControl> {
  const options = parseZooKeeperOptions(url)
  const { servers, timeoutMs, tls } = options
  const { createClient, digestAcl, openAcl } = await importZooKeeper()
  return new ZooKeeperAccessControl(createClient(servers, { sessionTimeoutMs: timeoutMs, tls, auth: authOf(options) }), options, { digestAcl, openAcl })
}
