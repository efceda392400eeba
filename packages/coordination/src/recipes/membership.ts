import { setTimeout as delay } from 'node:timers/promises'

import { GroupNotCreated, isMusterError, MemberAlreadyExist, MemberNotJoined, silentLogger, VersionConflict } from '@muster/common'
import type { Logger } from '@muster/common'

import { Broadcast } from '../broadcast.js'
import { encodeCapabilities } from '../capabilities.js'
import type { Capabilities } from '../capabilities.js'
import { Rejected } from '../contract.js'
import type { Address, Entry, Form, Op, RejectedReason, Session } from '../contract.js'
import { decodeKey, encodeKey } from '../keys.js'
import { ensureGroup, membersOf } from './group.js'

/**
 * `joined`: every list shows the member. `suspended`: the backend does not answer, lists may drop it soon.
 * `rejoining`: the session was lost, the member is on its way back. `left`: the end.
 */
export type MembershipState = 'joined' | 'suspended' | 'rejoining' | 'left'

/** What a member says of itself, or how to say it anew for each incarnation (1 at the join, +1 at each rejoin). */
export type CapabilitiesSource = Capabilities | ((incarnation: number) => Capabilities)

/** What is committed together with a member's entry, at its join and at each rejoin, all or nothing. */
export interface Companion {
  /** Asked before each try; what the capabilities say is asked after it. */
  ops(signal?: AbortSignal): Promise<readonly Op[]>
  /** Called after the commit. */
  done(): void
  /** What is committed together with the deletion of the member's entry. */
  leaving?(signal?: AbortSignal): Promise<readonly Op[]>
}

export interface MembershipOptions {
  readonly logger?: Logger | undefined
  readonly form?: Form | undefined
  readonly companion?: Companion | undefined
}

const longestPauseMs = 5000
const mostRefusals = 5
const mostCuts = 3
const retryPauseMs = 30

/**
 * One member's place in one group. It comes back by itself, under the same id and with its latest capabilities,
 * after every lost session, until it leaves.
 */
export class GroupMembership {
  readonly group: string
  readonly memberId: string
  readonly #session: Session
  readonly #logger: Logger
  readonly #at: Address
  readonly #states = new Broadcast<MembershipState>()
  readonly #left = new AbortController()
  readonly #form: Form
  readonly #companion: Companion | undefined
  #source: CapabilitiesSource
  #incarnation = 1
  #epoch = 0
  #state: MembershipState = 'rejoining'

  constructor(session: Session, group: string, memberId: string, capabilities: CapabilitiesSource, { logger = silentLogger, form = 'bytes', companion }: MembershipOptions = {}) {
    this.#session = session
    this.group = group
    this.#at = { collection: membersOf(group), key: encodeKey(memberId) }
    this.memberId = decodeKey(this.#at.key) // as lists show it: a long id is cut
    this.#source = capabilities
    this.#logger = logger
    this.#form = form
    this.#companion = companion
  }

  get incarnation(): number {
    return this.#incarnation
  }

  get state(): MembershipState {
    return this.#state
  }

  /** True while the backend surely has the member; looked up at each read, so that it may be false some time before `state` says so. */
  get isTrusted(): boolean {
    return this.#state === 'joined' && this.#epoch === this.#session.epoch && performance.now() < this.#session.trustedUntil()
  }

  /** Yields the current state at once, then every change; ends after `left`. */
  states(): AsyncIterable<MembershipState> {
    return this.#states.subscribe(this.#state)
  }

  /** Resolves when the backend has stored the member. @throws GroupNotCreated, MemberAlreadyExist */
  async join(signal?: AbortSignal): Promise<void> {
    await this.#enter(signal)
    void this.#keep()
  }

  /** Resolves when the new capabilities are stored; a rejoin that is under way will carry them. */
  async update(capabilities: CapabilitiesSource, signal?: AbortSignal): Promise<void> {
    if (this.#state === 'left') throw new MemberNotJoined(this.group, this.memberId)
    this.#source = capabilities
    try {
      await this.#session.commit([{ op: 'put', at: this.#at, ...this.#encoded() }], { signal })
    } catch (error) {
      if (!(error instanceof Rejected)) throw error // gone: the rejoin under way carries the new capabilities
    }
  }

  /** Resolves when the entry is gone. Content if it is gone already. */
  async leave(signal?: AbortSignal): Promise<void> {
    this.#end()
    const entry = await this.#session.read(this.#at, { signal })
    if (!entry || (await this.#session.ownership(entry)) !== 'self') return
    try {
      const beside = (await this.#companion?.leaving?.(signal)) ?? []
      await this.#session.commit([{ op: 'delete', at: this.#at, version: entry.version }, ...beside], { signal })
    } catch (error) {
      if (error instanceof Rejected && error.reason === 'conflict') return this.leave(signal) // updated in between
      if (!(error instanceof Rejected)) throw error
    }
  }

  #hasLeft(): boolean {
    return this.#left.signal.aborted
  }

  #end(): void {
    this.#left.abort()
    this.#setState('left')
    this.#states.end()
  }

  #encoded(): { data: Uint8Array; form: Form } {
    return { data: encodeCapabilities(typeof this.#source === 'function' ? this.#source(this.#incarnation) : this.#source), form: this.#form }
  }

  #setState(state: MembershipState): void {
    if (state === this.#state) return
    this.#state = state
    this.#states.publish(state)
  }

  async #enter(signal?: AbortSignal): Promise<void> {
    const begunAt = performance.now()
    const deadline = begunAt + this.#session.timeoutMs * 1.5
    for (let cuts = 0, refusals = 0; ; ) {
      signal?.throwIfAborted()
      const { epoch } = this.#session
      this.#epoch = epoch
      try {
        const beside = await this.#beside(signal)
        if (await this.#tryEnter(beside, epoch, deadline, signal)) break
      } catch (error) {
        // The server died under the commit; others may be there. Whether it was carried out shows in whose the entry is.
        const isCut = isMusterError(error, 'backend_unreachable') || isMusterError(error, 'outcome_unknown')
        if (isCut && cuts < mostCuts && performance.now() < begunAt + this.#session.timeoutMs / 2) cuts += 1
        else if (isMusterError(error, 'version_conflict') && refusals < mostRefusals) refusals += 1
        else throw error
        await delay(retryPauseMs * (0.5 + Math.random()), undefined, { ref: false, signal })
      }
    }
    this.#companion?.done()
    this.#setState('joined')
  }

  async #beside(signal: AbortSignal | undefined): Promise<readonly Op[]> {
    return (await this.#companion?.ops(signal)) ?? []
  }

  /** False when the id was taken, and may be free now. */
  async #tryEnter(beside: readonly Op[], epoch: number, deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    const refusal = await this.#commit([{ op: 'create', at: this.#at, ...this.#encoded(), ephemeral: true }, ...beside], epoch, signal)
    if (refusal === 'no-collection') throw new GroupNotCreated(this.group)
    return refusal === undefined || this.#takeOver(beside, epoch, deadline, signal)
  }

  /** Why the first op was refused, if it was. @throws VersionConflict when it was another one */
  async #commit(ops: Op[], epoch: number, signal: AbortSignal | undefined): Promise<RejectedReason | undefined> {
    try {
      await this.#session.commit(ops, { epoch, signal })
      return undefined
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
      if (error.index > 0) throw new VersionConflict(`What is stored beside member '${this.memberId}' of group '${this.group}'`, { cause: error })
      return error.reason
    }
  }

  /** The id is taken: takes the entry over if its owner is surely over, waits for it to go if nobody can say. */
  async #takeOver(beside: readonly Op[], epoch: number, deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    const entry = await this.#session.read(this.#at, { signal })
    if (!entry) return false
    switch (await this.#session.ownership(entry)) {
      case 'self': // a join whose outcome was unknown has come through, and what goes with it
        return (await this.#commit([{ op: 'put', at: this.#at, ...this.#encoded(), version: entry.version }], epoch, signal)) === undefined
      case 'former-self':
      case 'dead':
        return (await this.#commit([{ op: 'replace', entry, ...this.#encoded() }, ...beside], epoch, signal)) === undefined
      case 'alive':
        throw new MemberAlreadyExist(this.group, this.memberId)
      case 'unknown':
        await this.#waitForGone(entry, deadline, signal)
        return false
    }
  }

  async #waitForGone(entry: Entry, deadline: number, signal: AbortSignal | undefined): Promise<void> {
    const timeout = AbortSignal.timeout(Math.max(0, Math.ceil(deadline - performance.now())))
    try {
      await this.#session.gone(entry, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout })
    } catch (error) {
      if (timeout.aborted && !signal?.aborted) throw new MemberAlreadyExist(this.group, this.memberId, { cause: error })
      throw error
    }
  }

  /** Follows the session and rejoins in each new epoch. */
  async #keep(): Promise<void> {
    for await (const { state, epoch } of this.#session.states()) {
      if (this.#hasLeft()) return
      if (state === 'suspended') this.#setState('suspended')
      else if (state === 'lost') this.#setState('rejoining')
      else if (state === 'closed') this.#end()
      else if (epoch === this.#epoch) this.#setState('joined')
      else await this.#rejoin()
    }
  }

  async #rejoin(): Promise<void> {
    this.#setState('rejoining')
    this.#incarnation += 1
    for (let pause = 100; !this.#hasLeft(); pause = Math.min(pause * 2, longestPauseMs)) {
      try {
        await ensureGroup(this.#session, this.group, this.#left.signal)
        await this.#enter(this.#left.signal)
        this.#logger.info({ group: this.group, memberId: this.memberId, incarnation: this.#incarnation }, 'rejoined')
        return
      } catch (error) {
        if (this.#hasLeft() || isMusterError(error, 'closed') || isMusterError(error, 'session_lost')) return // the next epoch, if any, calls again
        this.#logger.warn({ err: error, group: this.group, memberId: this.memberId }, 'rejoining failed, trying again')
        await delay(pause * (0.5 + Math.random()), undefined, { ref: false, signal: this.#left.signal }).catch(() => undefined)
      }
    }
  }
}
