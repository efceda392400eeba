import { setTimeout as delay } from 'node:timers/promises'

import type { Coordinator, GroupView, Member } from '@muster/coordination'

import { bootTime } from '../boot-clock.js'
import type { Asking } from './asking.js'
import { unreadable } from './history.js'
import type { Happening, Truth } from './history.js'
import type { Looks } from './looks.js'
import { groupNames } from './plan.js'

const lookEveryMs = 250

/** All that one client can see: the state of its connection, lists, views, leaders. */
export class Sight {
  readonly #coordinator: Coordinator
  readonly #asking: Asking
  readonly #looks: Looks
  readonly #tell: (happening: Happening) => void
  readonly #views: readonly GroupView[]
  readonly #leaders = new Map<string, bigint | undefined>()
  #isConnected = false

  constructor(coordinator: Coordinator, asking: Asking, looks: Looks, tell: (happening: Happening) => void) {
    this.#coordinator = coordinator
    this.#asking = asking
    this.#looks = looks
    this.#tell = tell
    this.#views = groupNames.map((group) => coordinator.groupView(group))
    for (const view of this.#views) view.onChange(() => this.#tellView(view))
    looks.watch({ what: 'connected' }, () => this.#isConnected)
  }

  /** Looks until the coordinator is closed or `signal` aborts. */
  follow(signal: AbortSignal): readonly Promise<void>[] {
    return [this.#followState(), this.#lookAgainAndAgain(signal), ...groupNames.map((group) => this.#followLeader(group))]
  }

  async now(): Promise<Pick<Truth, 'isConnected' | 'views' | 'lists' | 'leaders'>> {
    const lists = await Promise.all(groupNames.map(async (group) => [group, (await this.#list(group)) ?? ['no answer']] as const))
    return {
      isConnected: this.#isConnected,
      views: Object.fromEntries(this.#views.map(({ group, members }) => [group, [...members.values()].map(inFull).sort()])),
      lists: Object.fromEntries(lists),
      leaders: Object.fromEntries(this.#leaders),
    }
  }

  async #lookAgainAndAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all(groupNames.map((group) => this.#list(group)))
      for (const view of this.#views) this.#tellView(view)
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #list(group: string): Promise<string[] | undefined> {
    const asked = bootTime()
    const members = await this.#asking.once(`list ${group}`, longMs(this.#coordinator), () => this.#coordinator.getMembersWithCapabilities(group))
    if (members) this.#tell({ type: 'listed', group, asked, members: members.map(labelOf) })
    return members?.map(inFull).sort()
  }

  #tellView({ group, isSynced, members }: GroupView): void {
    if (isSynced) this.#tell({ type: 'viewed', group, members: [...members.values()].map(labelOf) })
  }

  async #followState(): Promise<void> {
    for await (const { state, epoch } of this.#coordinator.states()) {
      this.#isConnected = state === 'connected'
      this.#looks.look()
      this.#tell({ type: 'state', state, epoch })
    }
  }

  async #followLeader(group: string): Promise<void> {
    for await (const leader of this.#coordinator.watchLeader(group)) this.#leaders.set(group, leader?.fencingToken)
  }
}

/** The longest that a call without a deadline of its own may take: it may wait for the end of a session, and for its successor. */
export const longMs = ({ timeoutMs }: Coordinator): number => 6 * timeoutMs

/** What a member's capabilities say who it is. */
export function labelOf({ capabilities, memberId }: Member): string {
  const label = capabilities?.['label']
  if (typeof label === 'string') return label
  return memberId === unreadable ? unreadable : `stranger ${memberId}`
}

const inFull = (member: Member): string => `${labelOf(member)}${member.capabilities ? ` r${JSON.stringify(member.capabilities['revision'])}` : ''}`
