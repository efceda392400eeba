import { isMusterError, onAbort } from '@muster/common'
import type { Stat, ZooKeeperClient } from '@muster/zookeeper'

import type { Batch, GoneOptions, Incarnation } from '../../contract.js'
import { codeOf } from './zookeeper-errors.js'
import { orAbsent } from './zookeeper-list.js'
import { pathOf, toRevision } from './zookeeper-paths.js'
import type { Place } from './zookeeper-paths.js'

type Zxids = Pick<Stat, 'czxid' | 'mzxid'>

interface Lookout {
  /** The server will tell the next change of the node. */
  isArmed: boolean
  readonly waiting: Set<() => void>
}

/** Waits for the end of single entries, each by a one-shot watch of that node alone, so that it wakes nobody else. */
export class Departures {
  readonly #client: ZooKeeperClient
  readonly #lookouts = new Map<string, Lookout>()

  constructor(client: ZooKeeperClient) {
    this.#client = client
    client.onState(({ state }) => {
      if (state === 'connected' || state === 'closed') for (const lookout of this.#lookouts.values()) wakeAll(lookout)
    })
  }

  /** Resolves when the node of this entry is gone, or is another one, or is not as it was. Waits through outages. */
  async wait(place: Place, entry: Incarnation, { orChanged = false, signal }: GoneOptions): Promise<void> {
    const isSame = ({ czxid, mzxid }: Zxids): boolean => toRevision(czxid) === entry.created && (!orChanged || toRevision(mzxid) === entry.modified)
    const path = pathOf(place, entry.key)
    for (;;) {
      signal?.throwIfAborted()
      const lookout = this.#lookouts.get(path) ?? { isArmed: false, waiting: new Set() }
      this.#lookouts.set(path, lookout)
      let wake: () => void = () => {}
      const woken = new Promise<void>((resolve) => (wake = resolve)) // before looking: what happens meanwhile counts
      lookout.waiting.add(wake)
      const stopListening = signal && onAbort(signal, wake)
      try {
        if (!(await this.#isThere(path, isSame, lookout, signal))) return
        await woken
      } finally {
        stopListening?.()
        lookout.waiting.delete(wake)
        if (lookout.waiting.size === 0 && !lookout.isArmed && this.#lookouts.get(path) === lookout) this.#lookouts.delete(path)
      }
    }
  }

  /** True as well while nobody can tell. */
  async #isThere(path: string, isSame: (stat: Zxids) => boolean, lookout: Lookout, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      const stat = lookout.isArmed ? await this.#client.exists(path, { signal }) : await this.#arm(path, lookout, signal)
      return stat !== undefined && isSame(stat)
    } catch (error) {
      if (isMusterError(error, 'backend_unreachable')) return true
      throw error
    }
  }

  /** By a read of the data where that is allowed: it leaves no watch behind where no node is. */
  async #arm(path: string, lookout: Lookout, signal: AbortSignal | undefined): Promise<Zxids | undefined> {
    let hasRung = false
    const watch = (): void => {
      hasRung = true
      lookout.isArmed = false
      wakeAll(lookout)
    }
    const stat = await orAbsent(this.#client.getData(path, { watch, signal })).then(
      (node) => node?.stat,
      (error: unknown) => {
        if (codeOf(error) !== 'NO_AUTH') throw error
        return this.#client.exists(path, { watch, signal })
      },
    )
    lookout.isArmed = stat !== undefined && !hasRung
    return stat
  }
}

function wakeAll({ waiting }: Lookout): void {
  for (const wake of waiting) wake()
}

/** As `Departures.wait`, for nodes on which a one-shot watch would end another watch of the session. */
export async function waitInWatch(batches: AsyncIterable<Batch>, { key, created, modified }: Incarnation, { orChanged = false, signal }: GoneOptions): Promise<void> {
  for await (const { reset, changes } of batches) {
    const put = changes.flatMap((change) => (change.type === 'put' && change.entry.key === key && change.entry.created === created ? [change.entry] : []))
    const hasGone = changes.some((change) => change.type === 'delete' && change.before.key === key && change.before.created === created)
    if (hasGone || (reset && put.length === 0) || (orChanged && put.some((entry) => entry.modified !== modified))) return
  }
  signal?.throwIfAborted()
}
