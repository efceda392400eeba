import { test } from '@jest/globals'
import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import { RemoteProcess } from '../remote-process.js'
import type { ConformanceBackend, Outage, Store, UrlOptions } from './backend.js'
import type { SessionFunctions } from './session-process.js'
import { Watcher } from './watcher.js'

/** A process of its own that holds one session; a call is carried out there. */
export type SessionProcess = RemoteProcess<SessionFunctions>

/** No test waits for the end of such a lease. */
const longLeaseMs = 60_000

/** One test's own store and whatever the test opens on it; all of it ends with the test. */
export class Scene {
  readonly store: Store
  readonly backend: ConformanceBackend
  readonly #sessions: Session[] = []
  readonly #owned: AsyncDisposable[] = []
  readonly #end = new AbortController()
  #names = 0

  private constructor(store: Store, backend: ConformanceBackend) {
    this.store = store
    this.backend = backend
  }

  static async on(backend: ConformanceBackend): Promise<Scene> {
    return new Scene(await backend.store(), backend)
  }

  get shortTimeoutMs(): number {
    return this.backend.shortTimeoutMs
  }

  /** For processes that will be killed: where the backend can see it, their lease must not be what ends them. */
  get doomedTimeoutMs(): number {
    return this.backend.seesProcesses ? longLeaseMs : this.shortTimeoutMs
  }

  /** Opens a session in this process. */
  async open(options?: UrlOptions): Promise<Session> {
    const session = await openSession(this.store.url(options))
    this.#sessions.push(session)
    return session
  }

  /** Starts a process that opens a session. */
  start(options?: UrlOptions): SessionProcess {
    return this.own(new RemoteProcess<SessionFunctions>(new URL('./session-process.js', import.meta.url), [this.store.url(options)]))
  }

  /** Makes the backend deaf to writes until the outage, or the test, ends. */
  async obstruct(): Promise<Outage> {
    return this.own(await this.store.obstruct())
  }

  /** Ends it with the test. */
  own<T extends AsyncDisposable>(owned: T): T {
    this.#owned.push(owned)
    return owned
  }

  /** `member-1`, then `member-2`, and so on. */
  nextName(): string {
    return `member-${(this.#names += 1)}`
  }

  watch(session: Session, collection: string): Watcher {
    return new Watcher(session.watch(collection, { signal: this.#end.signal }))
  }

  async end(): Promise<void> {
    await Promise.all(this.#owned.map((owned) => owned[Symbol.asyncDispose]()))
    this.#end.abort()
    await Promise.all(this.#sessions.map((session) => session.close()))
    await this.store[Symbol.asyncDispose]()
  }
}

/** Registers a test that gets a scene of its own. */
export type Situation = (title: string, play: (scene: Scene) => Promise<void>) => void

export const situationOn =
  (backend: ConformanceBackend): Situation =>
  (title, play) => {
    test(title, async () => {
      const scene = await Scene.on(backend)
      try {
        await play(scene)
      } catch (error) {
        await scene.end().catch(() => undefined) // what failed first is what to read
        throw error
      }
      await scene.end()
    }, 60_000) // ten thousand commits take their time on a busy machine; what a situation waits for has shorter deadlines of its own
  }
