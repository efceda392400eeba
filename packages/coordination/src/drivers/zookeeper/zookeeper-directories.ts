import { randomUUID } from 'node:crypto'

import { InvalidArgument, isMusterError } from '@muster/common'
import type { ZooKeeperClient } from '@muster/zookeeper'

import type { Access } from './zookeeper-access.js'
import { codeOf } from './zookeeper-errors.js'
import { orAbsent } from './zookeeper-list.js'
import { pathOf } from './zookeeper-paths.js'
import type { Place, Places } from './zookeeper-paths.js'

/**
 * The nodes above entries: made outside commits and never removed, since Python workers keep in mind that they are there.
 * Only the directory of a group's leaders goes, with its group. The first own collection comes with the store's identity.
 */
export class Directories {
  readonly #client: ZooKeeperClient
  readonly #access: Pick<Access, 'aclOf'>
  readonly #meta: Place
  readonly #known = new Set<string>()
  #storeId = ''
  /** The epoch in which the identity was found or is being asked for. */
  #askedIn = 0

  constructor(client: ZooKeeperClient, places: Places, access: Pick<Access, 'aclOf'>) {
    this.#client = client
    this.#access = access
    this.#meta = places.of('meta')
  }

  /** Identity of this namespace's own collections; empty while there are none, or nobody has asked for them. */
  get storeId(): string {
    return this.#storeId
  }

  /** True when what is above the entries of this place surely is there. */
  knows({ directory, directories, group }: Place): boolean {
    return directories.length === 0 || (group === undefined && this.#known.has(directory))
  }

  /** An entry was made in it. */
  note({ directory, group }: Place): void {
    if (group === undefined) this.#known.add(directory)
  }

  /** Makes what is not there. False when it cannot be, because its group is not there. */
  async make(place: Place): Promise<boolean> {
    const paths = new Set([...place.directories, ...(place.isOwn ? this.#meta.directories : [])])
    const making = [...paths].map((path) => this.#create(path))
    if (place.isOwn) making.push(this.#create(pathOf(this.#meta, 'store'), randomUUID().replaceAll('-', '')))
    const isMade = (await Promise.all(making)).every(Boolean)
    if (!isMade && place.group === undefined) throw noRoot()
    if (isMade) this.note(place)
    if (place.isOwn) {
      this.#askedIn = 0
      this.askStoreId()
    }
    return isMade
  }

  /** Asks for the identity of the store along with whatever is asked next, until it was found in this epoch. */
  askStoreId(): void {
    const { epoch } = this.#client.state
    if (this.#askedIn === epoch) return
    this.#askedIn = epoch
    const askAgain = (): void => {
      if (this.#askedIn === epoch) this.#askedIn = 0
    }
    orAbsent(this.#client.getData(pathOf(this.#meta, 'store'))).then((node) => {
      this.#storeId = node?.data.toString('latin1') ?? ''
      if (!node) askAgain()
    }, askAgain)
  }

  /** False when its parent is not there. */
  async #create(path: string, text = ''): Promise<boolean> {
    try {
      await this.#client.create(path, { data: Buffer.from(text), acl: this.#access.aclOf(path) })
    } catch (error) {
      if (codeOf(error) === 'NO_NODE') return false
      // Servers look at the rights first: who may not make it is content when it is there.
      if (codeOf(error) === 'NO_AUTH' && (await this.#client.exists(path)) !== undefined) return true
      // If the outcome is unknown, the commit that is sent again finds out.
      if (codeOf(error) !== 'NODE_EXISTS' && !isMusterError(error, 'outcome_unknown')) throw error
    }
    return true
  }
}

const noRoot = (): InvalidArgument =>
  new InvalidArgument('backend', 'The path in the ZooKeeper URL is no node of this ensemble', { hint: 'Create it first, or leave it out of the URL.' })
