import { InvalidArgument } from '@muster/common'
import type { Stat } from '@muster/zookeeper'

import type { Entry, Form, Revision } from '../../contract.js'
import { pack, unpack } from './zookeeper-packing.js'

/** Where a collection is in ZooKeeper's tree, and what is peculiar to it there. */
export interface Place {
  readonly collection: string
  /** The node whose children are the entries. */
  readonly directory: string
  /** The child that is no entry. */
  readonly reserved?: string
  /** The node of the group that the collection comes and goes with. */
  readonly group?: string
  /** What must be there before the first entry, outermost first; made when an entry is written and it is not. */
  readonly directories: readonly string[]
  /** Its entries have directories below them, so that its watch must not be told of everything there. */
  readonly hasDepth: boolean
  /** Its entries may be appended: the last ten digits of a key are its sequence. */
  readonly isQueue: boolean
  /** The data is in msgpack, as tooz has it. */
  readonly isPacked: boolean
  /** It is Muster's own, and tooz knows nothing of it. */
  readonly isOwn: boolean
}

/** The root of Muster's own collections; groups and locks are where tooz has them. */
export const ownRoot = '/muster'

const plain = { hasDepth: false, isQueue: false, isPacked: false, isOwn: false, directories: [] }

/** Of all sessions of the process: it may have one for each of a thousand members of one group. */
const remembered = new Map<string, Place>()
const mostRemembered = 1000

/** Finds the places of one namespace. */
export class Places {
  constructor(private readonly namespace: string) {}

  /** @throws InvalidArgument for what is no name of a collection */
  of(collection: string): Place {
    const name = `${this.namespace}/${collection}`
    const found = remembered.get(name)
    if (found) return found
    const place = locate(this.namespace, collection)
    if (remembered.size === mostRemembered) remembered.clear()
    remembered.set(name, place)
    return place
  }
}

function locate(namespace: string, collection: string): Place {
  const root = `/${namespace}`
  const names = collection.split('/')
  const [kind = '', name = ''] = names
  if (names.some((part) => !isName(part))) throw noCollection(collection)
  if (kind === 'groups' && names.length === 1) return { ...plain, collection, directory: root, reserved: 'locks', directories: [root], hasDepth: true }
  if (kind === 'locks' && names.length === 1) return { ...plain, collection, directory: `${root}/locks`, hasDepth: true }
  if (kind === 'locks' && names.length === 2) {
    const directory = `${root}/locks/${name}`
    return { ...plain, collection, directory, directories: [root, `${root}/locks`, directory], isQueue: true }
  }
  if (kind === 'members' || kind === 'leader') {
    if (names.length !== 2 || name === 'locks') throw noCollection(collection)
    const group = `${root}/${name}`
    if (kind === 'members') return { ...plain, collection, directory: group, reserved: 'leader', group, isPacked: true }
    return { ...plain, collection, directory: `${group}/leader`, group, directories: [`${group}/leader`], isQueue: true }
  }
  const above = ownPath(namespace, '')
  const directories = names.map((_, depth) => above + names.slice(0, depth + 1).join('/'))
  return { ...plain, collection, directory: above + collection, directories: [ownRoot, `${ownRoot}${root}`, ...directories], isQueue: kind === 'outbox' || kind === 'election', isOwn: true }
}

const isName = (part: string): boolean => part !== '' && part !== '.' && part !== '..'

const noCollection = (collection: string): InvalidArgument => new InvalidArgument('collection', `${JSON.stringify(collection.slice(0, 80))} is no collection`)

/** A node of Muster's own. */
export const ownPath = (namespace: string, path: string): string => `${ownRoot}/${namespace}/${path}`

/** False for names that no entry of the collection can have, whatever is in the tree. */
export const isEntry = ({ reserved }: Place, key: string): boolean => key !== reserved && isName(key) && !key.includes('/')

export const pathOf = ({ directory }: Place, key: string): string => `${directory}/${key}`

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** The bytes of a node whose entry has this data. */
export const toNode = ({ isPacked }: Place, { data, form }: { readonly data: Uint8Array; readonly form?: Form }): Uint8Array => (isPacked ? pack(data, form) : data)

export const toRevision = (zxid: bigint): Revision => String(zxid).padStart(20, '0')

/** A session's id as ZooKeeper's own tools write it. */
export const toOwner = (sessionId: bigint): string => BigInt.asUintN(64, sessionId).toString(16).padStart(16, '0')

const containerOwner = -(2n ** 63n)
const ttlMark = -1n // the highest byte is 0xff

/** The session that a node belongs to; undefined for one that outlives sessions. */
export function ownerOf({ ephemeralOwner }: Stat): string | undefined {
  if (ephemeralOwner === 0n) return undefined
  const isSession = ephemeralOwner > 0n || (ephemeralOwner !== containerOwner && ephemeralOwner >> 56n !== ttlMark)
  return isSession ? toOwner(ephemeralOwner) : undefined
}

/** What a node says, as an entry. `data` remains a part of what came from the network, which may be much larger: see `detach`. */
export function toEntry(place: Place, key: string, { data, stat }: { readonly data: Uint8Array; readonly stat: Stat }): Entry {
  const created = toRevision(stat.czxid)
  const owner = ownerOf(stat)
  const entry: Entry = {
    collection: place.collection,
    key,
    data: place.isPacked ? unpack(data) : data,
    version: String(stat.version),
    created,
    modified: stat.mzxid === stat.czxid ? created : toRevision(stat.mzxid),
    order: (place.isQueue && /\d{10}$/.exec(key)?.[0]) || `${created}/${key}`,
    createdAt: stat.ctime,
    modifiedAt: stat.mtime,
    ...(owner !== undefined && { owner }),
  }
  return entry
}

/** The same entry, fit to be kept for long: it keeps nothing else from being freed. */
export const detach = (entry: Entry): Entry => ({ ...entry, data: new Uint8Array(entry.data) })
