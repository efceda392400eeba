import { test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import type { Coordinator } from '@muster/coordination'
import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import type { ConformanceBackend, Outage, Store, UrlOptions } from '../conformance/backend.js'
import { eventually } from '../eventually.js'
import { RemoteProcess } from '../remote-process.js'
import type { CoordinatorFunctions } from './coordinator-process.js'

export type CoordinatorProcess = RemoteProcess<CoordinatorFunctions>

/** One test's own store and the coordinators on it; all of it ends with the test, and nobody may be left in any line. */
export class RecipeScene {
  readonly store: Store
  readonly backend: ConformanceBackend
  readonly #ends: (() => Promise<void>)[] = []
  #names = 0

  private constructor(store: Store, backend: ConformanceBackend) {
    this.store = store
    this.backend = backend
  }

  static async on(backend: ConformanceBackend): Promise<RecipeScene> {
    return new RecipeScene(await backend.store(), backend)
  }

  /** A coordinator in this process. */
  async open(options: UrlOptions = {}): Promise<Coordinator> {
    const coordinator = await openCoordinator(this.store.url(options), { memberId: `member-${(this.#names += 1)}` })
    this.#ends.push(() => coordinator.close())
    return coordinator
  }

  /** A bare session, to look and to interfere with. */
  async session(): Promise<Session> {
    const session = await openSession(this.store.url())
    this.#ends.push(() => session.close())
    return session
  }

  /** A coordinator in a process of its own. */
  start(options: UrlOptions = {}): CoordinatorProcess {
    const process = new RemoteProcess<CoordinatorFunctions>(new URL('./coordinator-process.js', import.meta.url), [this.store.url(options), `member-${(this.#names += 1)}`])
    this.#ends.push(() => process[Symbol.asyncDispose]())
    return process
  }

  /** Makes the backend deaf until the outage, or the test, ends. */
  async obstruct(): Promise<Outage> {
    const outage = await this.store.obstruct()
    this.#ends.push(async () => outage[Symbol.asyncDispose]())
    return outage
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
    await this.store[Symbol.asyncDispose]()
  }
}

/** Resolves when so many stand in the line of a lock. */
export async function inLine(coordinator: Coordinator, lock: string, count: number): Promise<void> {
  await eventually(async () => {
    const found = (await coordinator.getLock(lock).contenders()).length
    if (found !== count) throw new Error(`${found} in line`)
  })
}

export type RecipeSituation = (title: string, play: (scene: RecipeScene) => Promise<void>) => void

export const recipeSituationOn =
  (backend: ConformanceBackend): RecipeSituation =>
  (title, play) => {
    test(title, async () => {
      const scene = await RecipeScene.on(backend)
      try {
        await play(scene)
      } catch (error) {
        await scene.end().catch(() => undefined) // what failed first is what to read
        throw error
      }
      await scene.end()
    }, 60_000)
  }
