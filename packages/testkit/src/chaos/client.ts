import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError } from '@muster/common'
import type { Campaign, Coordinator, Holding } from '@muster/coordination'
import { ownIdentity } from '@muster/coordination/internal'

import { Asking } from './asking.js'
import type { Happening, Truth } from './history.js'
import type { Looks } from './looks.js'
import type { Act } from './plan.js'
import { contestFor, groupName, lockName } from './plan.js'
import { longMs, Sight } from './sight.js'

/** Who is asked to let go has time enough for its own clock to end its holding: so the order is tested, not the fencing token. */
const graceMs = 3000
const closeMs = 3000

/** One stay in a group; its capabilities tell others which join of which process it is. */
interface Stay {
  readonly label: string
  revision: number
}

/** Does what it is told with a coordinator, and tells what came of it. */
export class Client {
  readonly #by: string
  readonly #coordinator: Coordinator
  readonly #looks: Looks
  readonly #tell: (happening: Happening) => void
  readonly #asking: Asking
  readonly #sight: Sight
  readonly #finishing = new AbortController()
  readonly #stays = new Map<string, Stay>()
  readonly #turns = new Map<string, Promise<void>>()
  readonly #contending = new Map<string, number>()
  readonly #leading = new Map<string, Holding>()
  readonly #deeds = new Set<Promise<void>>()
  readonly #following: Promise<void>[] = []
  #joins = 0
  #isClosing = false

  constructor(by: string, coordinator: Coordinator, looks: Looks, tell: (happening: Happening) => void) {
    this.#by = by
    this.#coordinator = coordinator
    this.#looks = looks
    this.#tell = tell
    this.#asking = new Asking(tell)
    this.#sight = new Sight(coordinator, this.#asking, looks, tell)
    for (const following of this.#sight.follow(this.#finishing.signal)) this.#follow(following)
  }

  /** Begins to do it. */
  act(act: Act): void {
    const deed = this.#guard(this.#perform(act)).finally(() => this.#deeds.delete(deed))
    this.#deeds.add(deed)
  }

  async truth(): Promise<Truth> {
    const seen = await this.#sight.now()
    return {
      by: this.#by,
      memberId: this.#coordinator.memberId,
      isBusy: this.#asking.isBusy,
      joined: Object.fromEntries([...this.#stays].map(([group, { label, revision }]) => [group, `${label} r${revision}`])),
      contending: Object.fromEntries([...this.#contending].filter(([, places]) => places > 0)),
      leading: Object.fromEntries([...this.#leading].filter(([, { held }]) => held).map(([group, { fencingToken }]) => [group, fencingToken])),
      ...seen,
    }
  }

  /** Gives everything up, or leaves that to the close; then closes. */
  async end(isOrderly: boolean): Promise<void> {
    if (isOrderly) {
      this.#finishing.abort()
      await Promise.all(this.#deeds)
      await Promise.all([...this.#stays.keys()].map((group) => this.#inTurn(group, () => this.#leave(group))))
    }
    this.#isClosing = true
    this.#looks.look()
    const stays = [...this.#stays.values()]
    const isClosed = await this.#asking.once('close', closeMs, async () => (await this.#coordinator.close(), true))
    if (isClosed) for (const { label } of stays) this.#tell({ type: 'left', label })
    this.#finishing.abort()
    await Promise.all([...this.#deeds, ...this.#following])
  }

  #perform(act: Act): Promise<void> {
    switch (act.do) {
      case 'lock':
        return this.#lock(act)
      case 'break':
        return this.#break(lockName(act.lock))
      case 'campaign':
        return this.#campaign(groupName(act.group), act.leadMs)
      case 'join':
        return this.#inTurn(groupName(act.group), () => this.#join(groupName(act.group)))
      case 'leave':
        return this.#inTurn(groupName(act.group), () => this.#leave(groupName(act.group)))
      case 'update':
        return this.#inTurn(groupName(act.group), () => this.#update(groupName(act.group)))
    }
  }

  async #lock({ lock, isShared, patienceMs, holdMs }: Act & { do: 'lock' }): Promise<void> {
    const name = lockName(lock)
    const how = `${isShared ? 'shared' : 'alone'}${patienceMs === 0 ? ', one try' : ''}`
    const acquire = (): Promise<Holding> => this.#coordinator.getLock(name).acquire({ shared: isShared, timeoutMs: patienceMs })
    const holding = await this.#asking.working(() => this.#asking.once(`acquire ${name} ${how}`, patienceMs || longMs(this.#coordinator), acquire))
    if (!holding) return
    this.#count(name, 1)
    void this.#keepTrackOf(holding, name, isShared)
    await this.#pause(holdMs)
    this.#looks.look()
    await this.#asking.working(() => this.#asking.once(`release ${name}`, this.#coordinator.timeoutMs, () => holding.release()))
    this.#count(name, -1)
  }

  async #break(name: string): Promise<void> {
    await this.#asking.working(() => this.#asking.once(`break ${name}`, graceMs + longMs(this.#coordinator), () => this.#coordinator.getLock(name).break('chaos', { graceMs })))
  }

  async #campaign(group: string, leadMs: number): Promise<void> {
    const contest = contestFor(group)
    const campaign = this.#coordinator.campaign(group, { again: true })
    this.#count(contest, 1)
    this.#follow(this.#followCampaign(campaign, group, contest))
    await this.#pause(leadMs)
    this.#looks.look()
    await this.#asking.working(() => this.#asking.once(`stand down in ${group}`, this.#coordinator.timeoutMs, () => campaign.standDown()))
    await campaign.over
    this.#count(contest, -1)
  }

  async #followCampaign(campaign: Campaign, group: string, contest: string): Promise<void> {
    for await (const change of campaign.changes()) {
      if (change.type === 'lost') continue
      this.#leading.set(group, change.leadership)
      void this.#keepTrackOf(change.leadership, contest, false)
    }
  }

  async #keepTrackOf(holding: Holding, contest: string, isShared: boolean): Promise<void> {
    const { fencingToken: token } = holding
    this.#looks.watch({ what: 'held', contest, isShared, token }, () => holding.held)
    const { message: reason } = await holding.ended
    this.#tell({ type: 'lost', contest, token, reason })
  }

  async #join(group: string): Promise<void> {
    if (this.#stays.has(group)) return
    const stay: Stay = { label: `${this.#by} join ${(this.#joins += 1)}`, revision: 0 }
    const membership = await this.#asking.untilDone(`join ${group}`, longMs(this.#coordinator), () => this.#coordinator.joinGroup(group, capabilitiesOf(stay)))
    if (!membership) return
    this.#stays.set(group, stay)
    this.#looks.watch({ what: 'member', group, label: stay.label }, () => membership.state === 'joined' && !this.#isClosing)
  }

  async #leave(group: string): Promise<void> {
    const stay = this.#stays.get(group)
    const leave = async (): Promise<boolean> => (await this.#coordinator.leaveGroup(group), true)
    if (!stay || !(await this.#asking.untilDone(`leave ${group}`, longMs(this.#coordinator), leave))) return
    this.#stays.delete(group)
    this.#tell({ type: 'left', label: stay.label })
  }

  async #update(group: string): Promise<void> {
    const stay = this.#stays.get(group)
    if (!stay) return
    stay.revision += 1
    await this.#asking.untilDone(`update ${group}`, longMs(this.#coordinator), () => this.#coordinator.updateCapabilities(group, capabilitiesOf(stay)))
  }

  /** One after the other in each group, as a program would. */
  #inTurn(group: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(group)
    const turn = this.#asking.working(async () => {
      await before
      await work()
    })
    this.#turns.set(group, turn)
    return turn
  }

  #count(contest: string, places: number): void {
    this.#contending.set(contest, (this.#contending.get(contest) ?? 0) + places)
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#finishing.signal }).catch(() => undefined)
  }

  #follow(work: Promise<void>): void {
    this.#following.push(this.#guard(work))
  }

  /** Calls tell of their failures themselves; whatever else fails is told here. */
  async #guard(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => {
      if (!isMusterError(error, 'closed')) this.#tell({ type: 'broken', message: String(error) })
    })
  }
}

const capabilitiesOf = (stay: Stay) => () => ({ ...stay, identity: ownIdentity })
