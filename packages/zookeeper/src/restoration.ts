import { setTimeout as delay } from 'node:timers/promises'

import type { Channel } from './channel.js'
import type { Connection } from './connection.js'
import type { Lease } from './lease.js'
import { opcode, sync } from './operations.js'
import type { Operation } from './operations.js'
import type { Settings } from './options.js'
import { Paths } from './paths.js'
import { records, toBytes } from './stock.js'
import type { Watches } from './watches.js'

const watchChunkBytes = 128 * 1024 // far below the 1 MiB at which servers cut a request

/** What a new connection needs before the requests of users may go on. */
export class Restoration {
  readonly #listeners = new Set<() => void | Promise<void>>()

  constructor(
    private readonly settings: Settings,
    private readonly lease: Lease,
    private readonly watches: Watches,
    private readonly channel: Channel,
  ) {}

  /** `listener` runs on each later connection, before the requests of users, which wait for its promise. Returns the way to stop it. */
  onResume(listener: () => void | Promise<void>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  clear(): void {
    this.#listeners.clear()
  }

  /** Credentials and watches; on a later connection a sync as well. One that fails ends the connection. */
  async prepare(connection: Connection, isLater: boolean): Promise<void> {
    const auth = this.settings.auth.map(({ scheme, credential }) => authenticate(scheme, credential))
    const watches = this.watches.restore(this.lease.lastZxid, watchChunkBytes)
    const steps = [...auth, ...watches, ...(isLater ? [sync(new Paths(''), '/')] : [])].map((operation) => this.channel.requestNow<unknown>(operation))
    const ended = Promise.all(steps).then(() => undefined, (error: unknown) => connection.destroy(error instanceof Error ? error : new Error(String(error))))
    if (isLater || watches.length > 0) await ended
  }

  /** Lets those who watch list again; one that takes too long or fails holds up nobody for long. */
  async resume(): Promise<void> {
    const timer = new AbortController()
    const listings = [...this.#listeners].map(async (listener) => {
      try {
        await listener()
      } catch (error) {
        this.settings.logger.warn({ err: error }, 'a watcher of the ZooKeeper client could not list again')
      }
    })
    const late = delay(this.lease.timeoutMs / 3, undefined, { ref: false, signal: timer.signal }).catch(() => {})
    await Promise.race([Promise.all(listings), late])
    timer.abort()
  }
}

function authenticate(scheme: string, credential: string): Operation<void> {
  return {
    opcode: opcode.auth,
    text: `authentication by ${scheme}`,
    changes: false,
    write: (writer) => writer.raw(toBytes(new records.protocol.AuthPacket(0, scheme, Buffer.from(credential)))),
    read: () => undefined,
  }
}
