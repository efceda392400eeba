import { TooLarge } from '@muster/common'

import { isZooKeeperError, ZooKeeperError } from './errors.js'
import * as operations from './operations.js'
import type { NodeData, Operation } from './operations.js'
import type { Paths } from './paths.js'
import type { RequestOptions } from './request.js'
import type { Session } from './session.js'
import type { Stat } from './stat.js'
import type { OneShotKind, WatchListener } from './watches.js'

export interface CallOptions {
  /** Ends the wait. A change that was sent already then throws OutcomeUnknown; all else throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface WatchOptions extends CallOptions {
  /** Called once, at the first change; also in a later session. Not on the node of a persistent watch: InvalidArgument. */
  readonly watch?: WatchListener | undefined
}

/** The reading half of the client. */
export interface Reads {
  exists(path: string, options?: WatchOptions): Promise<Stat | undefined>
  getData(path: string, options?: WatchOptions): Promise<NodeData>
  getChildren(path: string, options?: WatchOptions): Promise<{ children: string[]; stat: Stat; zxid: bigint }>
  getMany(paths: readonly string[], options?: CallOptions): Promise<{ nodes: (NodeData | undefined)[]; zxid: bigint }>
}

export type Ask = <T>(operation: Operation<T>, options?: RequestOptions) => Promise<T>

const batchNodes = 500
const batchBytes = 256 * 1024
export class ReadingClient implements Reads {
  constructor(
    protected readonly ask: Ask,
    protected readonly paths: Paths,
    protected readonly session: Session,
  ) {}

  /** Undefined when there is no such node. A watch tells its creation, too. @throws ZooKeeperError, BackendUnreachable, Closed, QueueFull */
  async exists(path: string, options: WatchOptions = {}): Promise<Stat | undefined> {
    try {
      return (await this.#read(operations.exists(this.paths, path, options.watch !== undefined), path, options, 'data', 'exist')).stat
    } catch (error) {
      if (isZooKeeperError(error, 'NO_NODE')) return undefined
      throw error
    }
  }

  /** @throws ZooKeeperError NO_NODE, NO_AUTH; BackendUnreachable, Closed, QueueFull */
  getData(path: string, options: WatchOptions = {}): Promise<NodeData> {
    return this.#read(operations.getData(this.paths, path, options.watch !== undefined), path, options, 'data')
  }

  /** Names, not paths, in no order. @throws ZooKeeperError NO_NODE, NO_AUTH; BackendUnreachable, Closed, QueueFull */
  getChildren(path: string, options: WatchOptions = {}): Promise<{ children: string[]; stat: Stat; zxid: bigint }> {
    return this.#read(operations.getChildren(this.paths, path, options.watch !== undefined), path, options, 'child')
  }

  /**
   * The data of many nodes, in their order; undefined for one that is not there. Each batch of some hundreds is one
   * request and one moment. `zxid` is the last change that the server had seen at the last batch.
   * @throws ZooKeeperError NO_AUTH if one of them may not be read; TooLarge, BackendUnreachable, Closed, QueueFull
   */
  async getMany(paths: readonly string[], options: CallOptions = {}): Promise<{ nodes: (NodeData | undefined)[]; zxid: bigint }> {
    const batches = await Promise.all(inBatches(paths).map((batch) => this.#getBatch(batch, options)))
    return { nodes: batches.flatMap(({ nodes }) => nodes), zxid: batches.at(-1)?.zxid ?? this.session.lastZxid }
  }

  async #getBatch(paths: readonly string[], options: CallOptions): Promise<{ nodes: (NodeData | undefined)[]; zxid: bigint }> {
    let zxid = 0n
    const operation = operations.multiRead(this.paths, paths)
    const seen: Operation<(NodeData | ZooKeeperError)[]> = { ...operation, read: (reader, at) => operation.read(reader, (zxid = at)) }
    try {
      return { nodes: (await this.ask(seen, options)).map(nodeOrAbsent), zxid }
    } catch (error) {
      if (!(error instanceof TooLarge) || paths.length === 1) throw error
      const middle = Math.ceil(paths.length / 2) // their data is larger than expected: ask for less at a time
      const [first, second] = [await this.#getBatch(paths.slice(0, middle), options), await this.#getBatch(paths.slice(middle), options)]
      return { nodes: [...first.nodes, ...second.nodes], zxid: second.zxid }
    }
  }

  #read<T>(operation: Operation<T>, path: string, { watch, signal }: WatchOptions, whenThere: OneShotKind, whenAbsent?: OneShotKind): Promise<T> {
    return watch ? this.#readWatching(operation, path, watch, signal, whenThere, whenAbsent) : this.ask(operation, { signal })
  }

  /** Notes the watch at the very moment the server has set it: its event may follow in the same packet. */
  async #readWatching<T>(operation: Operation<T>, path: string, watch: WatchListener, signal: AbortSignal | undefined, whenThere: OneShotKind, whenAbsent?: OneShotKind): Promise<T> {
    const serverPath = this.paths.toServer(path)
    const { paths } = this
    const listener: WatchListener = (event) => watch({ ...event, path: paths.toCaller(event.path) })
    const become = this.session.watches.expectOneShot(whenThere, serverPath, listener)
    const ended = (error: unknown): void => become(error === undefined ? whenThere : isZooKeeperError(error, 'NO_NODE') ? whenAbsent : undefined)
    return this.ask({ ...operation, ended }, { signal })
  }
}

function inBatches(paths: readonly string[]): string[][] {
  const batches: string[][] = []
  let bytes = Infinity
  for (const path of paths) {
    const size = 14 + path.length * 2
    if (bytes + size > batchBytes || (batches.at(-1)?.length ?? 0) >= batchNodes) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)?.push(path)
    bytes += size
  }
  return batches
}

function nodeOrAbsent(node: NodeData | ZooKeeperError): NodeData | undefined {
  if (!(node instanceof ZooKeeperError)) return node
  if (node.code === 'NO_NODE') return undefined
  throw node
}
