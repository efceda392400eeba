import { InvalidArgument } from '@muster/common'

import type { Writer } from './codec.js'
import { opcode } from './operations.js'
import type { Operation } from './operations.js'
import { parentOf } from './paths.js'
import { stock } from './stock.js'

export interface WatchEvent {
  /** `children`: a child of the node was created or deleted; told by non-recursive watches only. */
  readonly type: 'created' | 'deleted' | 'changed' | 'children'
  readonly path: string
}

export type WatchListener = (event: WatchEvent) => void

const typeByNumber: Readonly<Record<number, WatchEvent['type']>> = {
  [stock.Event.NODE_CREATED]: 'created',
  [stock.Event.NODE_DELETED]: 'deleted',
  [stock.Event.NODE_DATA_CHANGED]: 'changed',
  [stock.Event.NODE_CHILDREN_CHANGED]: 'children',
}

/** Undefined for kinds of events that only newer servers know. */
export const eventType = (number: number): WatchEvent['type'] | undefined => typeByNumber[number]

/** What a one-shot watch hangs on: the node's data, its absence, or its list of children. */
export type OneShotKind = 'data' | 'exist' | 'child'

const kindsByType: Readonly<Record<WatchEvent['type'], readonly OneShotKind[]>> = {
  created: ['data', 'exist'],
  deleted: ['data', 'exist', 'child'],
  changed: ['data', 'exist'],
  children: ['child'],
}

/** What a listener is to be told. */
export interface Telling {
  readonly listener: WatchListener
  readonly event: WatchEvent
}

interface Persistent {
  readonly recursive: boolean
  readonly listeners: Set<WatchListener>
}

/** Every watch of a session, by the server's paths: what to tell on an event, and what to ask for again after a reconnect. */
export class Watches {
  readonly #oneShots: Readonly<Record<OneShotKind, Map<string, Set<WatchListener>>>> = { data: new Map(), exist: new Map(), child: new Map() }
  /** How many one-shot watches of a path are being asked for. */
  readonly #expected = new Map<string, number>()
  readonly #persistent = new Map<string, Persistent>()

  /**
   * To be called before a one-shot watch is asked for; what it returns, when that has ended, with what the watch has become.
   * @throws InvalidArgument where it would silently end a persistent watch at servers before 3.9 (ZOOKEEPER-4466)
   */
  expectOneShot(asked: OneShotKind, path: string, listener: WatchListener): (kind: OneShotKind | undefined) => void {
    const persistent = this.#persistent.get(path)
    if (persistent && !(persistent.recursive && asked === 'child')) {
      throw new InvalidArgument('watch', `${path} has a persistent watch, which a one-shot watch of the same node would end on the server`, { hint: 'Use the events of the persistent watch.' })
    }
    this.#expected.set(path, (this.#expected.get(path) ?? 0) + 1)
    return (kind) => {
      const others = (this.#expected.get(path) ?? 1) - 1
      if (others > 0) this.#expected.set(path, others)
      else this.#expected.delete(path)
      if (kind !== undefined) this.#addOneShot(kind, path, listener)
    }
  }

  #addOneShot(kind: OneShotKind, path: string, listener: WatchListener): void {
    const listeners = this.#oneShots[kind].get(path)
    if (listeners) listeners.add(listener)
    else this.#oneShots[kind].set(path, new Set([listener]))
  }

  /** @throws InvalidArgument when the path has a watch of the other kind */
  add(path: string, recursive: boolean, listener: WatchListener): void {
    const found = this.#persistent.get(path)
    if (found && found.recursive !== recursive) {
      throw new InvalidArgument('recursive', `${path} already has a ${found.recursive ? 'recursive' : 'non-recursive'} watch in this session; one path has one kind`)
    }
    if (found) found.listeners.add(listener)
    else this.#persistent.set(path, { recursive, listeners: new Set([listener]) })
  }

  /** True when the server may forget it: nobody else has it, and no one-shot watch would go with it. */
  delete(path: string, listener: WatchListener): boolean {
    const found = this.#persistent.get(path)
    if (!found?.listeners.delete(listener) || found.listeners.size > 0) return false
    this.#persistent.delete(path)
    return !this.#expected.has(path) && !Object.values(this.#oneShots).some((kind) => kind.has(path))
  }

  get isEmpty(): boolean {
    return this.#persistent.size === 0 && Object.values(this.#oneShots).every((kind) => kind.size === 0)
  }

  clear(): void {
    this.#persistent.clear()
    for (const kind of Object.values(this.#oneShots)) kind.clear()
  }

  /** Who is to be told what of an event, which is by the server's paths. One-shot watches are used up by it. */
  take(event: WatchEvent): Telling[] {
    const { type, path } = event
    const told = this.#takeOneShots(event)
    const tell = (listeners: Iterable<WatchListener>): void => {
      for (const listener of listeners) told.push({ listener, event })
    }
    const own = this.#persistent.get(path)
    if (own && !(own.recursive && type === 'children')) tell(own.listeners)
    if (type === 'children') return told
    for (let at = path; at !== '/'; ) {
      at = parentOf(at)
      const above = this.#persistent.get(at)
      if (above?.recursive) tell(above.listeners)
    }
    // With a recursive watch on the node above servers may not tell that its children are others.
    if (type !== 'changed' && this.#oneShots.child.size > 0) told.push(...this.#takeOneShots({ type: 'children', path: parentOf(path) }))
    return told
  }

  #takeOneShots(event: WatchEvent): Telling[] {
    const told: Telling[] = []
    for (const kind of kindsByType[event.type]) {
      const ofKind = this.#oneShots[kind]
      if (ofKind.size === 0) continue
      for (const listener of ofKind.get(event.path) ?? []) told.push({ listener, event })
      ofKind.delete(event.path)
    }
    return told
  }

  /** The requests that make all of these watches again on a new connection, each of at most some `maxBytes`. */
  restore(sinceZxid: bigint, maxBytes: number): Operation<void>[] {
    const lists = [
      [...this.#oneShots.data.keys()],
      [...this.#oneShots.exist.keys()],
      [...this.#oneShots.child.keys()],
      [...this.#persistent].flatMap(([path, { recursive }]) => (recursive ? [] : [path])),
      [...this.#persistent].flatMap(([path, { recursive }]) => (recursive ? [path] : [])),
    ]
    const chunks: string[][][] = []
    let bytes = Infinity
    lists.forEach((paths, list) => {
      for (const path of paths) {
        const size = 4 + Buffer.byteLength(path)
        if (bytes + size > maxBytes) {
          chunks.push(lists.map(() => []))
          bytes = 32
        }
        chunks.at(-1)?.[list]?.push(path)
        bytes += size
      }
    })
    return chunks.map((chunk) => setWatches(sinceZxid, chunk))
  }
}

function setWatches(sinceZxid: bigint, lists: readonly (readonly string[])[]): Operation<void> {
  return {
    opcode: opcode.setWatches2,
    text: 'setWatches',
    changes: false,
    write: (writer: Writer) => {
      writer.long(sinceZxid)
      for (const paths of lists) writer.texts(paths)
    },
    read: () => undefined,
  }
}

const anyType = 3

/** `path` is the server's. */
export function addWatch(path: string, recursive: boolean): Operation<void> {
  return {
    opcode: opcode.addWatch,
    text: `addWatch ${path}`,
    changes: false,
    write: (writer) => {
      writer.text(path)
      writer.int(recursive ? 1 : 0)
    },
    read: () => undefined,
  }
}

export function removeWatch(path: string): Operation<void> {
  return {
    opcode: opcode.removeWatches,
    text: `removeWatches ${path}`,
    changes: false,
    write: (writer) => {
      writer.text(path)
      writer.int(anyType)
    },
    read: () => undefined,
  }
}
