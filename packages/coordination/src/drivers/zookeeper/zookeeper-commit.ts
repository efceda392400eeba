import { isMusterError, QueueFull } from '@muster/common'
import type { MultiOp, MultiResult, ZooKeeperClient } from '@muster/zookeeper'

import { checkOps, isEphemeral } from '../../check-ops.js'
import { limits, Rejected } from '../../contract.js'
import type { CommitOptions, Op } from '../../contract.js'
import type { Access } from './zookeeper-access.js'
import type { Directories } from './zookeeper-directories.js'
import { codeOf, indexOf } from './zookeeper-errors.js'
import { CommitOrder } from './zookeeper-order.js'
import type { Sessions } from './zookeeper-ownership.js'
import { nameOf, parentOf, pathOf, toRevision } from './zookeeper-paths.js'
import type { Place, Places } from './zookeeper-paths.js'
import { markForTakeover } from './zookeeper-replace.js'
import { collectionOf, keyOf, noLore, planMulti, reasonOf } from './zookeeper-steps.js'
import type { Lore, Plan } from './zookeeper-steps.js'
import { settle } from './zookeeper-witness.js'

const mostTries = 5

export interface Committed {
  readonly revision: string
  readonly keys: string[]
}

interface Commit {
  readonly ops: readonly Op[]
  /** Of each op. */
  readonly places: readonly Place[]
  /** Given if it has ephemeral ops. */
  readonly epoch: number | undefined
  readonly signal: AbortSignal | undefined
}

/**
 * Makes commits out of multis. Usually a commit is one multi, sent within the call; it takes more when a directory has to be
 * made first, a group goes with its directory of leaders, or an entry is taken over.
 */
export class Commits {
  readonly #client: ZooKeeperClient
  readonly #places: Places
  readonly #access: Access
  readonly #directories: Directories
  readonly #sessions: Sessions
  readonly #order: CommitOrder
  #pending = 0

  constructor(client: ZooKeeperClient, places: Places, access: Access, directories: Directories, sessions: Sessions) {
    this.#client = client
    this.#places = places
    this.#access = access
    this.#directories = directories
    this.#sessions = sessions
    this.#order = new CommitOrder(() => client.sessionTimeoutMs / 2)
  }

  /** @throws Rejected, QueueFull, TooLarge, InvalidArgument, and what `settle` throws */
  async commit(ops: readonly Op[], options: CommitOptions): Promise<Committed> {
    checkOps(ops)
    if (this.#pending >= limits.queuedCommits) throw new QueueFull(limits.queuedCommits)
    const { epoch = this.#client.state.epoch, signal } = options
    const places = ops.map((op) => this.#places.of(collectionOf(op)))
    const commit: Commit = { ops, places, epoch: ops.some(isEphemeral) ? epoch : undefined, signal }
    if (places.some(({ isOwn }) => isOwn)) this.#directories.askStoreId()
    this.#pending += 1
    try {
      const mayNeedMore = (): boolean => ops.some((op, index) => this.#mayNeedMore(op, places[index] as Place))
      return await this.#order.either(mayNeedMore, () => this.#sendUntilDone(commit), () => this.#sendOnce(commit), signal)
    } catch (error) {
      if (!isMusterError(error, 'outcome_unknown')) throw this.#access.explain(error)
      return await settle(this.#client, this.#places, { ops, options, epoch, owner: this.#sessions.of(epoch), error })
    } finally {
      this.#pending -= 1
    }
  }

  #mayNeedMore(op: Op, place: Place): boolean {
    if (op.op === 'create' || op.op === 'append') return !this.#access.isFresh || !this.#directories.knows(place)
    return op.op === 'replace' || (op.op === 'delete' && place.collection === 'groups')
  }

  /** In the usual way. */
  async #sendOnce(commit: Commit): Promise<Committed> {
    const plan = this.#plan(commit.ops, commit.places, noLore)
    try {
      const { results, zxid } = await this.#client.multi(plan.multi, commit)
      return committed(commit, plan, results, zxid)
    } catch (error) {
      const { op, place } = blame(error, commit, plan)
      if (codeOf(error) !== 'NO_NODE' || op?.op !== 'create' || !place?.directories.length) throw refusalOf(error, commit, plan)
      return this.#order.alone(() => this.#sendUntilDone(commit), commit.signal) // somebody has removed a directory
    }
  }

  #plan(ops: readonly Op[], places: readonly Place[], lore: Lore): Plan {
    return planMulti(ops, places, lore, (path) => this.#access.aclOf(path))
  }

  async #sendUntilDone(commit: Commit): Promise<Committed> {
    if (!this.#access.isFresh) await this.#access.refresh(commit)
    const lore: Lore = { leaders: new Map(), ...(await this.#markTakeover(commit)) }
    for (let attempt = 1; ; attempt += 1) {
      const plan = this.#plan(commit.ops, commit.places, lore)
      try {
        const { results, zxid } = await this.#client.multi(plan.multi, commit)
        for (const [index, { op }] of commit.ops.entries()) if (op === 'create' || op === 'append') this.#directories.note(commit.places[index] as Place)
        return committed(commit, plan, results, zxid)
      } catch (error) {
        if (attempt === mostTries || !(await this.#mend(error, commit, plan, lore))) throw refusalOf(error, commit, plan)
      }
    }
  }

  async #markTakeover(commit: Commit): Promise<{ takeoverVersion?: number }> {
    const { ops, places } = commit
    const index = ops.findIndex(({ op }) => op === 'replace')
    const [op, place] = [ops[index], places[index]]
    if (op?.op !== 'replace' || !place) return {}
    const takeoverVersion = await markForTakeover(this.#client, pathOf(place, op.entry.key), op.entry, commit)
    if (takeoverVersion === undefined) throw new Rejected(index, 'conflict')
    return { takeoverVersion }
  }

  /** True when what it was refused for is no more. */
  async #mend(error: unknown, commit: Commit, plan: Plan, { leaders }: Lore): Promise<boolean> {
    const [code, { op, place }] = [codeOf(error), blame(error, commit, plan)]
    if (!op || !place) return false
    if (op.op === 'create') return code === 'NO_NODE' && place.directories.length > 0 && this.#directories.make(place)
    if (op.op !== 'delete' || place.collection !== 'groups') return false
    if (plan.forLeaders?.has(op)) {
      leaders.set(parentOf(op.path), 'absent')
      return code === 'NO_NODE'
    }
    if (code !== 'NOT_EMPTY' || leaders.has(op.path)) return false
    leaders.set(op.path, 'there')
    return true
  }
}

function committed({ ops }: Commit, { indexes }: Plan, results: readonly MultiResult[], zxid: bigint): Committed {
  const keys = ops.map(keyOf)
  for (let at = 0; at < results.length; at += 1) {
    const [index, path] = [indexes[at] ?? 0, results[at]?.path]
    if (path !== undefined && ops[index]?.op === 'append') keys[index] = nameOf(path)
  }
  return { revision: toRevision(zxid), keys }
}

/** The op that a server has refused, and where it is. */
function blame(error: unknown, { places }: Commit, { multi, indexes }: Plan): { readonly op?: MultiOp | undefined; readonly place?: Place | undefined } {
  const at = indexOf(error) ?? -1
  return { op: multi[at], place: places[indexes[at] ?? -1] }
}

function refusalOf(error: unknown, { ops }: Commit, { indexes }: Plan): unknown {
  const index = indexes[indexOf(error) ?? -1] ?? -1
  const op = ops[index]
  const reason = op && reasonOf(codeOf(error), op)
  return reason === undefined ? error : new Rejected(index, reason)
}
