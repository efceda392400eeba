import { Closed, GroupNotCreated, LockAcquireFailed, onAbort } from '@muster/common'
import type { MusterError } from '@muster/common'

import { Broadcast } from '../broadcast.js'
import { Rejected } from '../contract.js'
import type { Entry, ReadOptions, Session } from '../contract.js'
import { contend } from './contest.js'
import type { Keeping } from './contest.js'
import { groupKey, makingGroup } from './group.js'
import type { Holding } from './holding.js'
import { decodeContender, lineUp } from './queue.js'
import type { Trust } from './trust.js'

/** Who leads a group. */
export interface Leader {
  readonly memberId: string
  /** When it began to campaign, ms, by the backend's clock. */
  readonly since: number
  readonly fencingToken: bigint
}

export type CampaignChange =
  | { readonly type: 'elected'; readonly leadership: Holding }
  /** `reason` is LockLost, or Closed when it stood down. */
  | { readonly type: 'lost'; readonly reason: MusterError }

export interface CampaignOptions extends Keeping {
  /** After a lost leadership, campaign again by itself, until it stands down. Default: the campaign is over then. */
  readonly again?: boolean | undefined
  /** Make the group if it is not there. Default: GroupNotCreated. */
  readonly create?: boolean | undefined
  /** Ends the campaign as `standDown` does. */
  readonly signal?: AbortSignal | undefined
}

const leadersOf = (group: string): string => `leader/${groupKey(group)}`

/** The line in which a campaign stands, and what for, in words. */
export interface Line {
  readonly collection: string
  readonly what: string
}

/** One coordinator's part in the election of a group's leader: in line from the beginning, then leading, until it stands down. */
export class Campaign implements AsyncDisposable {
  readonly group: string
  readonly #session: Session
  readonly #trust: Trust
  readonly #memberId: string
  readonly #options: Pick<CampaignOptions, 'again' | 'create' | 'keepPlace'>
  readonly #line: Line
  readonly #standingDown = new AbortController()
  readonly #changes = new Broadcast<CampaignChange>()
  readonly #done: Promise<void>
  readonly #waiting = new Set<(leadership: Holding) => void>()
  #leadership: Holding | undefined

  constructor(session: Session, trust: Trust, group: string, memberId: string, { signal, ...options }: CampaignOptions = {}, line: Line = { collection: leadersOf(group), what: `The leadership of group '${group}'` }) {
    this.#session = session
    this.#line = line
    this.#trust = trust
    this.group = group
    this.#memberId = memberId
    this.#options = options
    const giveUp = (): void => this.#standingDown.abort()
    const stopListening = signal && onAbort(signal, giveUp)
    if (signal?.aborted) giveUp()
    this.#done = this.#run().finally(() => {
      stopListening?.()
      this.#changes.end()
    })
    this.#done.catch(() => undefined) // those who wait for `elected` are told
  }

  /** Resolves when the campaign is over, whatever ended it. */
  get over(): Promise<void> {
    return this.#done.catch(() => undefined)
  }

  /** The leadership while it is held. */
  get leadership(): Holding | undefined {
    return this.#leadership?.held ? this.#leadership : undefined
  }

  /**
   * Resolves with the leadership when this coordinator leads, at once if it does.
   * @throws GroupNotCreated, NotAllowed and so on: why there can be no campaign; Closed when it is over
   */
  async elected({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Holding> {
    signal?.throwIfAborted()
    if (this.leadership) return this.leadership
    let tell: (leadership?: Holding) => void = () => {}
    const told = new Promise<Holding | undefined>((resolve) => (tell = resolve))
    const stopListening = signal && onAbort(signal, () => tell())
    this.#waiting.add(tell)
    try {
      const leadership = await Promise.race([told, this.over.then(() => undefined)])
      signal?.throwIfAborted()
      if (leadership) return leadership
    } finally {
      stopListening?.()
      this.#waiting.delete(tell)
    }
    await this.#done // if it has failed, that is the error
    throw new Closed(`The campaign for ${this.#line.what.replace(/^T/, 't')}`)
  }

  /** Yields the leadership, if it is held, and then each time it is won or lost; ends with the campaign. */
  changes(): AsyncGenerator<CampaignChange, void> {
    return this.leadership ? this.#changes.subscribe({ type: 'elected', leadership: this.leadership }) : this.#changes.subscribe()
  }

  /** Gives up the leadership, or the place in line, and the campaign. Resolves when the next one can lead; true if this one did. */
  async standDown(): Promise<boolean> {
    const wasLeading = this.leadership !== undefined
    this.#standingDown.abort()
    await this.#leadership?.release()
    await this.over
    return wasLeading
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.standDown()
  }

  async #run(): Promise<void> {
    const { signal } = this.#standingDown
    const { again = false, create = false, keepPlace } = this.#options
    const { collection, what } = this.#line
    const contest = { session: this.#session, trust: this.#trust, collection, memberId: this.#memberId, kind: 'exclusive' as const, what, missing: () => new GroupNotCreated(this.group), taken: () => new LockAcquireFailed(what), keepPlace }
    const win = (): Promise<Holding> => contend(contest, { signal })
    do {
      const leadership = await (create ? makingGroup(this.#session, this.group, win, signal) : win()).catch((error: unknown) => {
        if (signal.aborted) return undefined
        throw error
      })
      if (!leadership) return
      this.#leadership = leadership
      this.#changes.publish({ type: 'elected', leadership })
      for (const tell of this.#waiting) tell(leadership)
      if (signal.aborted) void leadership.release().catch(() => undefined) // it stood down while it was being elected
      this.#changes.publish({ type: 'lost', reason: await leadership.ended })
    } while (again && !signal.aborted)
  }
}

/** Undefined when nobody leads. @throws GroupNotCreated */
export async function getLeader(session: Session, group: string, options?: ReadOptions): Promise<Leader | undefined> {
  const collection = leadersOf(group)
  for (;;) {
    const keys = await session.keys(collection, options).catch((error: unknown) => {
      throw error instanceof Rejected ? new GroupNotCreated(group) : error
    })
    const [first] = lineUp(keys)
    if (!first) return undefined
    const entry = await session.read({ collection, key: first.key }, options)
    if (entry) return toLeader(entry)
  }
}

/** Yields who leads, undefined for nobody, and then each new leader, until `signal` aborts. */
export async function* watchLeader(session: Session, group: string, signal?: AbortSignal): AsyncGenerator<Leader | undefined, void> {
  const line = new Map<string, Entry>()
  let told: { readonly key: string | undefined } | undefined
  for await (const { reset, synced, changes } of session.watch(leadersOf(group), { signal })) {
    if (reset) line.clear()
    for (const change of changes) {
      if (change.type === 'put') line.set(change.entry.key, change.entry)
      else line.delete(change.before.key)
    }
    const key = lineUp(line.keys())[0]?.key
    if (!synced || (told && told.key === key)) continue
    told = { key }
    const entry = key === undefined ? undefined : line.get(key)
    yield entry && toLeader(entry)
  }
}

const toLeader = ({ data, createdAt, created }: Entry): Leader => ({ memberId: decodeContender(data).memberId, since: createdAt, fencingToken: BigInt(created) })
