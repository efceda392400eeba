import { openCoordinator } from '@muster/coordination'
import type { Coordinator, GroupView, Member } from '@muster/coordination'

import { bootTime } from '../boot-clock.js'
import { within } from '../within.js'

/** Follows a group and keeps who was told to have left, and when. */
export class GroupObserver implements AsyncDisposable {
  readonly departures: { readonly memberId: string; readonly at: number }[] = []
  readonly #coordinator: Coordinator
  readonly #view: GroupView

  private constructor(coordinator: Coordinator, group: string) {
    this.#coordinator = coordinator
    this.#view = coordinator.groupView(group)
    this.#view.onChange((changes) => {
      const at = bootTime()
      for (const change of changes) if (change.type === 'left') this.departures.push({ memberId: change.before.memberId, at })
    })
  }

  static async open(backend: string, group: string): Promise<GroupObserver> {
    const observer = new GroupObserver(await openCoordinator(backend), group)
    await observer.#view.synced()
    return observer
  }

  get members(): Member[] {
    return [...this.#view.members.values()]
  }

  /** Resolves when the members are as they should be, now or after a change to come. */
  async seen(what: string, isRight: (members: readonly Member[]) => boolean, timeoutMs = 30_000): Promise<void> {
    let stop = (): void => {}
    const right = new Promise<void>((resolve) => {
      const look = (): void => {
        if (isRight(this.members)) resolve()
      }
      stop = this.#view.onChange(look)
      look()
    })
    await within(right, timeoutMs, what).finally(stop)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#view.close()
    await this.#coordinator.close()
  }
}
