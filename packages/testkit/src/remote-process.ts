import { fileURLToPath } from 'node:url'

import { RemoteCalls } from './remote-calls.js'
import type { Functions } from './remote-calls.js'
import { spawnNode } from './spawn-node.js'
import type { NodeProcess } from './spawn-node.js'

/** A Node process of its own whose functions are called from here; `await using` ends it. */
export class RemoteProcess<F extends Functions> extends RemoteCalls<F> implements AsyncDisposable {
  readonly process: NodeProcess

  /** `program` is the URL of a file that calls `answerCalls` with functions of type `F`. */
  constructor(program: URL, args: readonly string[] = []) {
    const process = spawnNode(fileURLToPath(program), args, { ipc: true })
    super(process)
    this.process = process
  }

  get pid(): number {
    return this.process.pid
  }

  /** Ends it by SIGKILL and resolves when it is gone. */
  async kill(): Promise<void> {
    this.process.signal('SIGKILL')
    await this.process.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]()
  }
}
