import { serve } from '@muster/api'
import type { RunningServer, ServeOptions } from '@muster/api'
import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import { openSession } from '@muster/coordination/internal'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'
import { eventually, temporaryFolder } from '@muster/testkit'

import { DescribedAnswers } from './described-answers.js'

/** An embedded store of its own, a server on it, and a service group straight on the store. */
export class ServedStore implements AsyncDisposable {
  readonly #closers: (() => PromiseLike<void>)[] = []
  readonly #described: DescribedAnswers

  private constructor(
    readonly backend: string,
    readonly server: RunningServer,
    readonly serviceGroup: ServiceGroup,
    described: DescribedAnswers,
    remove: () => PromiseLike<void>,
  ) {
    this.#described = described
    this.#closers.push(remove, () => serviceGroup.close(), () => server.close())
  }

  static async start(logger: Logger = silentLogger, options: Pick<ServeOptions, 'maxConnections' | 'database' | 'webhookAllow' | 'notifications' | 'rabbitmq' | 'clusters'> = {}): Promise<ServedStore> {
    const folder = await temporaryFolder()
    const backend = `embedded:${folder.path}`
    const serviceGroup = await openServiceGroup(backend)
    const server = await serve({ backend, port: 0, logger, ...options })
    return new ServedStore(backend, server, serviceGroup, await DescribedAnswers.of(server.url), () => folder[Symbol.asyncDispose]())
  }

  /** Asks, and holds the answer against the server's description of itself. */
  async get(path: string, init?: RequestInit): Promise<Response> {
    const response = await fetch(this.server.url + path, init)
    await this.#described.check(init?.method ?? 'GET', path, response)
    return response
  }

  /** The list at `path`, as soon as it has that many rows. */
  list(path: string, rows: number): Promise<readonly unknown[]> {
    return eventually(async () => {
      const content: unknown = await (await this.get(path)).json()
      const found: readonly unknown[] = Array.isArray(content) ? content : []
      if (found.length !== rows) throw new Error(`not ${rows} rows: ${JSON.stringify(content)}`)
      return found
    })
  }

  /** Makes a group and writes its members as another program would: entries with the given bytes. */
  async writeMembers(group: string, members: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const session = await openSession(this.backend)
    this.#closers.push(() => session.close())
    await session.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
    const creations = [...members].map(([key, data]) => ({ op: 'create', at: { collection: `members/${group}`, key }, data, ephemeral: true }) as const)
    for (let from = 0; from < creations.length; from += 100) await session.commit(creations.slice(from, from + 100))
  }

  /** Closes what was opened, the last first. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.reverse()) await close()
  }
}
