import { serve } from '@muster/api'
import type { RunningServer, ServeOptions } from '@muster/api'
import { createClient } from '@muster/client'
import type { ClientOptions, ServiceGroupClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup, WorkerChange } from '@muster/servicegroup'
import { freePort, temporaryFolder, within } from '@muster/testkit'

/** Keeps what is logged above debug. */
export function recorder(): { lines: string[]; logger: Logger } {
  const lines: string[] = []
  const keep = (_fields: object, message: string): void => void lines.push(message)
  return { lines, logger: { ...silentLogger, info: keep, warn: keep, error: keep } }
}

/** A store, a service group straight on it, and servers and clients to start. What it opened is closed with it, the last first. */
export class Scene implements AsyncDisposable {
  readonly #closers: (() => PromiseLike<unknown>)[]

  private constructor(
    readonly backend: string,
    readonly store: ServiceGroup,
    readonly port: number,
    removeFolder: () => PromiseLike<unknown>,
  ) {
    this.#closers = [removeFolder, () => store.close()]
  }

  static async open(): Promise<Scene> {
    const folder = await temporaryFolder()
    const backend = `embedded:${folder.path}`
    return new Scene(backend, await openServiceGroup(backend), await freePort(), () => folder[Symbol.asyncDispose]())
  }

  /** Where its servers listen, one after the other. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async startServer(logger: Logger = silentLogger, options: ServeOptions = {}): Promise<RunningServer> {
    const server = await serve({ backend: this.backend, port: this.port, logger, ...options })
    this.#closers.push(() => server.close())
    return server
  }

  client(options: ClientOptions = {}, url = this.url): ServiceGroupClient {
    const client = createClient(url, options)
    this.#closers.push(() => client.close())
    return client
  }

  /** Closes something with the scene. */
  own(close: () => PromiseLike<unknown>): void {
    this.#closers.push(close)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.reverse()) await close()
  }
}

export const words = (changes: readonly WorkerChange[]): string[] =>
  changes.map((change) => (change.type === 'left' ? `left ${change.before.name}` : `${change.type} ${change.worker.name}`))

/** The next changes that a watch tells. */
export async function next(watch: AsyncIterator<readonly WorkerChange[]>): Promise<string[]> {
  const result = await within(watch.next(), 15_000, 'the next changes')
  if (result.done === true) throw new Error('the watch ended')
  return words(result.value)
}
