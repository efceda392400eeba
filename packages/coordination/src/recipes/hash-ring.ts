import { InvalidArgument, NotFound } from '@muster/common'

/** How many partitions a node of weight 1 has, unless it is said. */
export const defaultPartitions = 32

/** More partitions one node cannot have: each is a hash to compute and a place to keep, and weights come from other programs. */
const mostPartitions = 32_768

/** The largest weight of a node, with so many partitions for each unit of it: 1024 with the default of 32. */
export const largestWeight = (partitions: number): number => Math.floor(mostPartitions / partitions)

/** @throws InvalidArgument for what is no number of partitions */
export function checkPartitions(partitions: number): void {
  checkWhole('partitions', partitions, 1, mostPartitions)
}

/** @throws InvalidArgument for what is no weight, with so many partitions for each unit of it */
export function checkWeight(weight: number, partitions: number, least = 0): void {
  checkWhole('weight', weight, least, largestWeight(partitions))
}

function checkWhole(argument: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new InvalidArgument(argument, `${String(value)} is no ${argument}`, { hint: `Give a whole number from ${least} to ${most}.` })
}

export interface GetNodesOptions {
  /** These are passed over, as if they were not there. */
  readonly ignoreNodes?: readonly string[] | ReadonlySet<string> | undefined
  /** How many nodes are wanted. Default 1. There are never more than there are nodes. */
  readonly replicas?: number | undefined
}

/** Loaded when a ring is made: it takes as long as all of this package. */
const cryptography = () => process.getBuiltinModule('node:crypto')

/** A position is the 16 bytes of an MD5 as text, a character a byte, so that texts compare as the numbers that they are. */
const positionOf = (data: string | Uint8Array): string => cryptography().hash('md5', data, 'binary')

/** Of the partitions of a node: MD5s of its name twice, three times and so on. */
function positionsOf(node: string, count: number): string[] {
  const repeated = cryptography().createHash('md5').update(node)
  return Array.from({ length: count }, () => repeated.update(node).copy().digest('binary'))
}

/**
 * Consistent hashing, bit for bit that of tooz: the same nodes, added with the same weights in the same order, get the
 * same data. A node that comes or goes moves only data that it gets or had. Nodes are text, hashed as UTF-8.
 *
 * The names `a` and `aa` share every other partition of `a`: as in tooz the node that was added last has those, and they go with
 * whichever of the two goes first. `hasTies` tells of it; `Partitioner` then builds its ring anew.
 * @see tooz hashring.HashRing
 */
export class HashRing {
  readonly partitions: number
  readonly #weights = new Map<string, number>()
  readonly #owners = new Map<string, string>()
  /** Of all that have an owner, and of those in `#gone`; in order if `#isSorted`. */
  #positions: string[] = []
  readonly #gone = new Set<string>()
  #isSorted = true
  /** What there would be without ties. */
  #expectedSize = 0

  /** `partitions`: how many each node has for each unit of its weight, 1 to 32,768, default 32. @throws InvalidArgument */
  constructor(nodes: Iterable<string> = [], { partitions = defaultPartitions }: { readonly partitions?: number | undefined } = {}) {
    checkPartitions(partitions)
    this.partitions = partitions
    this.addNodes(nodes)
  }

  /** How many partitions there are, of all nodes together. */
  get size(): number {
    return this.#owners.size
  }

  /** The nodes and their weights. */
  get nodes(): ReadonlyMap<string, number> {
    return this.#weights
  }

  /** True when two nodes have, or had, a partition at one position. */
  get hasTies(): boolean {
    return this.#owners.size !== this.#expectedSize
  }

  /**
   * Adds a node; one that is there gets the new weight. A node of twice the weight gets about twice as much. `weight`: a whole
   * number, default 1, at most 32,768 / partitions (1024 with the default of 32); with 0 it gets nothing.
   * @throws InvalidArgument @see tooz add_node
   */
  addNode(node: string, weight = 1): void {
    checkWeight(weight, this.partitions)
    if (this.#weights.has(node)) this.removeNode(node)
    for (const position of positionsOf(node, this.partitions * weight)) {
      if (!this.#owners.has(position) && !this.#gone.delete(position)) {
        this.#positions.push(position)
        this.#isSorted = false
      }
      this.#owners.set(position, node)
    }
    this.#weights.set(node, weight)
    this.#expectedSize += this.partitions * weight
  }

  /** Adds nodes, all with the same weight. @throws InvalidArgument @see tooz add_nodes */
  addNodes(nodes: Iterable<string>, weight = 1): void {
    for (const node of nodes) this.addNode(node, weight)
  }

  /** Removes a node. @throws NotFound @see tooz remove_node, UnknownNode */
  removeNode(node: string): void {
    const weight = this.#weights.get(node)
    if (weight === undefined) throw new NotFound(`The node '${node}'`)
    for (const position of positionsOf(node, this.partitions * weight)) if (this.#owners.delete(position)) this.#gone.add(position)
    this.#weights.delete(node)
    this.#expectedSize -= this.partitions * weight
    if (this.#gone.size > this.#owners.size) this.#tidy() // a ring that nobody asks must not grow
  }

  /**
   * The nodes that the data belongs to: first its owner, then those that would have it next. Text is hashed as UTF-8.
   * @throws InvalidArgument @see tooz get_nodes
   */
  getNodes(data: string | Uint8Array, { ignoreNodes = [], replicas = 1 }: GetNodesOptions = {}): string[] {
    checkWhole('replicas', replicas, 0, Number.MAX_SAFE_INTEGER)
    this.#tidy()
    const positions = this.#positions
    const ignored = new Set(ignoreNodes)
    let candidates = this.#weights.size
    for (const node of ignored) if (this.#weights.has(node)) candidates -= 1
    const wanted = Math.min(replicas, candidates)
    const found = new Set<string>()
    const start = firstAfter(positions, positionOf(data))
    for (let step = 0; step < positions.length && found.size < wanted; step += 1) {
      const node = this.#owners.get(positions[(start + step) % positions.length] as string) as string
      if (!ignored.has(node)) found.add(node)
    }
    return [...found]
  }

  /** Makes `#positions` fit to be searched; left until somebody asks, so that many changes cost one sorting. */
  #tidy(): void {
    if (this.#gone.size > 0) {
      this.#positions = this.#positions.filter((position) => !this.#gone.has(position))
      this.#gone.clear()
    }
    if (!this.#isSorted) this.#positions.sort() // what was sorted is one run for it, and costs little
    this.#isSorted = true
  }
}

/** The index of the first position that is greater; their number if there is none. */
function firstAfter(positions: readonly string[], position: string): number {
  let [low, high] = [0, positions.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (position < (positions[middle] as string)) high = middle
    else low = middle + 1
  }
  return low
}
