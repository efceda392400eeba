import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError } from '@muster/common'
import { openCoordinator } from '@muster/coordination'
import type { Coordinator } from '@muster/coordination'
import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import { bootTime } from '../boot-clock.js'
import { unreadable } from './history.js'
import { contestFor, groupNames, lockNames } from './plan.js'
import type { Recorder } from './recorder.js'
import { labelOf } from './sight.js'

/** Sees the store as it is. Nothing happens to it but what happens to the servers; it tries again. */
export class Onlooker implements AsyncDisposable {
  readonly #coordinator: Coordinator
  readonly #session: Session

  private constructor(coordinator: Coordinator, session: Session) {
    this.#coordinator = coordinator
    this.#session = session
  }

  /** Makes the groups, each with a member that cannot be read. */
  static async open(url: string): Promise<Onlooker> {
    const onlooker = new Onlooker(await openCoordinator(url, { memberId: 'onlooker' }), await openSession(url))
    for (const group of groupNames) {
      await onlooker.#coordinator.createGroup(group)
      await onlooker.#session.commit([{ op: 'create', at: { collection: `members/${group}`, key: unreadable }, data: Buffer.from([0xc1, 0xff, 0x7b]) }])
    }
    return onlooker
  }

  /** By contest, the member ids in its line; empty ones left out. */
  async lines(): Promise<Record<string, string[]>> {
    const places = [...lockNames.map((name) => [name, `locks/${name}`] as const), ...groupNames.map((group) => [contestFor(group), `leader/${group}`] as const)]
    const lines = await Promise.all(places.map(async ([contest, collection]) => [contest, await this.#line(collection)] as const))
    return Object.fromEntries(lines.filter(([, line]) => line.length > 0))
  }

  /** Asks for each group's list once and tells it. */
  async list(recorder: Recorder): Promise<void> {
    for (const group of groupNames) {
      const [asked, members] = [bootTime(), await this.#members(group)]
      recorder.note('the onlooker', { type: 'listed', group, asked, members })
    }
  }

  /** Everything that is still there of anybody. */
  async remains(): Promise<string[]> {
    const members = await Promise.all(groupNames.map(async (group) => (await this.#members(group)).filter((label) => label !== unreadable).map((label) => `${label} in ${group}`)))
    return [...members.flat(), ...Object.entries(await this.lines()).map(([contest, line]) => `${line.join(', ')} in the line of ${contest}`)]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#coordinator.close(), this.#session.close()])
  }

  async #members(group: string): Promise<string[]> {
    return (await persist(() => this.#coordinator.getMembersWithCapabilities(group))).map(labelOf)
  }

  async #line(collection: string): Promise<string[]> {
    const { entries } = await persist(() => this.#session.list(collection, { consistent: true }))
    return entries.map(({ data }) => Buffer.from(data).toString().split('\n')[0] ?? '').sort()
  }
}

const tries = 20

async function persist<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0 || !isMusterError(error, 'backend_unreachable')) throw error
      await delay(100)
    }
  }
}
