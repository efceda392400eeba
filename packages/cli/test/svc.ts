import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Exit, NodeProcess } from '@muster/testkit'
import { spawnNode, temporaryFolder } from '@muster/testkit'

/** The command as users run it: the checked-in file on the built bundle. */
export const svcFile = fileURLToPath(new URL('../../bin/svc.js', import.meta.url))

export interface Result extends Exit {
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** A store of its own in a temporary folder, and `svc` on it. */
export class Store implements AsyncDisposable {
  readonly backend: string
  readonly env: Environment

  private constructor(
    readonly folder: string,
    private readonly remove: () => PromiseLike<void>,
  ) {
    this.backend = `embedded:${folder}/store`
    this.env = { SVC_BACKEND: this.backend, SVC_ENDPOINT: undefined, SVC_GROUP: undefined, SVC_NAME: undefined, SVC_HOSTNAME: undefined, SVC_LOG: undefined, SVC_CONFIG: '/dev/null' }
  }

  static async create(): Promise<Store> {
    const folder = await temporaryFolder()
    return new Store(folder.path, () => folder[Symbol.asyncDispose]())
  }

  /** Starts `svc` with these words; the caller ends it. */
  start(words: readonly string[], env: Environment = {}): NodeProcess {
    return spawnNode(svcFile, words, { env: { ...this.env, ...env } })
  }

  /** Runs `svc` with these words to its end. */
  async svc(words: readonly string[], env: Environment = {}): Promise<Result> {
    await using running = this.start(words, env)
    const { code, signal } = await running.exited
    return { code, signal, stdout: running.stdout, stderr: running.stderr }
  }

  /** The rows of `svc list`. */
  async list(words: readonly string[] = []): Promise<unknown> {
    return JSON.parse((await this.svc(['list', '-f', 'json', ...words])).stdout)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove()
  }
}

/** False for a process that is gone or only waits for its parent to notice. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
