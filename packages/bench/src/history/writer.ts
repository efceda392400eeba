import { RemoteProcess } from '@muster/testkit'

import { now } from '../at-pace.js'
import type { WriterFunctions } from './writer-process.js'

export const changesPerSecond = 200

/** Workers, and one who changes their services, in a process of their own; disposing of it ends it. */
export class Writer implements AsyncDisposable {
  readonly #process: RemoteProcess<WriterFunctions>

  constructor(backend: string) {
    this.#process = new RemoteProcess(new URL('writer-process.js', import.meta.url), [backend])
  }

  /** Workers join on hosts of that name, `perSecond` each second. Resolves when all have, with when that was. */
  async join({ workers, hosts, perSecond, prefix }: { workers: number; hosts: number; perSecond: number; prefix?: string }): Promise<number> {
    let endedAt = NaN
    for (let joined = 0; joined < workers; joined += perSecond) endedAt = await this.#process.call('join', { from: joined, to: Math.min(workers, joined + perSecond), hosts, perSecond, prefix })
    return endedAt
  }

  /** Changes services for so many seconds, at an even pace if the machine can, straight on the backend or by a server. Resolves with how long each change took, and how many there were a second, in truth. */
  async change(seconds: number, endpoint?: string): Promise<{ times: number[]; perSecond: number }> {
    const times: number[] = []
    const begunAt = now()
    for (let second = 0; second < seconds; second += 1) times.push(...(await this.#process.call('update', changesPerSecond, changesPerSecond, endpoint)))
    return { times, perSecond: (times.length / (now() - begunAt)) * 1000 }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]()
  }
}
