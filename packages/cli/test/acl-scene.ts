import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals'
import { startZooKeeper } from '@muster/testkit'
import type { ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { Store } from './svc.js'
import type { Result } from './svc.js'

export const passwords = { admin: 'long-and-random', worker: 'known-to-many', other: 'guessed' } as const
export type User = keyof typeof passwords
export const timeoutMs = 2000

/** What the tests of one file play on: one server, `svc`, and a namespace for each test. */
export class AclScene {
  server!: ZooKeeperServer
  store!: Store
  /** Holds the workers' user and password. */
  workerFile = ''
  #namespaces = 0

  /** `endpoint`: another way to the server. */
  url(user?: User, options = '', endpoint = this.server.endpoint): string {
    return `zookeeper://${user === undefined ? '' : `${user}:${passwords[user]}@`}${endpoint}?timeout=${timeoutMs}ms&namespace=n${this.#namespaces}${options}`
  }

  /** A node shared with Python. */
  shared(path: string): string {
    return `/n${this.#namespaces}/${path}`
  }

  /** A node of Muster's own. */
  own(path: string): string {
    return `/muster/n${this.#namespaces}/${path}`
  }

  get root(): string {
    return `/muster/n${this.#namespaces}`
  }

  raw(...users: User[]): ZooKeeperClient {
    return createClient(this.server.endpoint, { auth: users.map((user) => ({ scheme: 'digest', credential: `${user}:${passwords[user]}` })) })
  }

  set(user: User = 'admin', options = ''): Promise<Result> {
    return this.store.svc(['acl', 'set', '--worker-file', this.workerFile, '--yes'], { SVC_BACKEND: this.url(user, options) })
  }

  /** What `svc acl show` has to say besides that all is well. */
  async warnings(user?: User): Promise<string[]> {
    const { code, stdout } = await this.store.svc(['acl', 'show', '-f', 'json'], { SVC_BACKEND: this.url(user) })
    expect(code).toBe(0)
    const { checks } = JSON.parse(stdout) as { checks: { status: string; found: string }[] }
    return checks.filter(({ status }) => status !== 'ok').map(({ found }) => found)
  }

  nextNamespace(): void {
    this.#namespaces += 1
  }
}

/** To be called once in a file. */
export function setTheAclScene(): AclScene {
  const scene = new AclScene()
  beforeAll(async () => {
    scene.server = await startZooKeeper()
    scene.store = await Store.create()
    scene.workerFile = join(scene.store.folder, 'worker')
    await writeFile(scene.workerFile, `worker:${passwords.worker}\n`)
  }, 120_000)
  beforeEach(() => scene.nextNamespace())
  afterAll(async () => {
    await scene.store[Symbol.asyncDispose]()
    await scene.server[Symbol.asyncDispose]()
  })
  return scene
}
