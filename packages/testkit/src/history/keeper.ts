import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'
import { ChangeLog, Observer } from '@muster/notifications'
import type { Change, ObserverOptions } from '@muster/notifications'

import { within } from '../within.js'

const patienceMs = 20_000

/** One that keeps a history, in this process: a service group, a log and an observer. */
export class Keeper implements AsyncDisposable {
  private constructor(
    readonly group: ServiceGroup,
    readonly log: ChangeLog,
    readonly observer: Observer,
  ) {}

  static async open(backend: string, database: string, options: ObserverOptions = {}): Promise<Keeper> {
    const [group, log] = [await openServiceGroup(backend), await ChangeLog.open(database)]
    return new Keeper(group, log, await Observer.begin(group, log, options))
  }

  /** Resolves with every change once there is one that matches, and those before it. */
  async until(matches: (change: Change) => boolean): Promise<readonly Change[]> {
    let tell: () => void = () => {}
    const stop = this.log.onAdded(() => tell())
    try {
      const look = async (): Promise<readonly Change[]> => {
        for (;;) {
          const added = new Promise<void>((resolve) => (tell = resolve))
          const changes = await this.all()
          if (changes.some(matches)) return changes
          await added
        }
      }
      return await within(look(), patienceMs, 'a change in the log')
    } finally {
      stop()
    }
  }

  /** Every change that is kept. */
  all(): Promise<readonly Change[]> {
    return readAll(this.log)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.observer.close()
    await this.log.close()
    await this.group.close()
  }
}

/** Every change that a log keeps. */
export async function readAll(log: ChangeLog): Promise<readonly Change[]> {
  const changes: Change[] = []
  for (let after = 0; ; ) {
    const page = await log.read({}, { after, limit: 1000 })
    changes.push(...page.changes)
    if (page.next >= page.lastSeq) return changes
    after = page.next
  }
}
