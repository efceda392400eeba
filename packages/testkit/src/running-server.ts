import { open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

import type { ServerRuntime } from './server-runtime.js'

/** What every server that tests start can do, whatever it speaks. */
type Runtime = Omit<ServerRuntime, 'wipe'>

/** Resolves to why it does not serve yet; undefined when it does. */
export type Look = () => Promise<string | undefined>

const logEndBytes = 4000

/** A server of a test: how it is started, waited for and ended. A class below it knows the protocol. */
export abstract class RunningServer<R extends Runtime> implements AsyncDisposable {
  readonly endpoint: string
  readonly secureEndpoint?: string
  readonly logFile: string
  protected readonly runtime: R
  /** As it is called in errors. */
  protected abstract readonly name: string
  protected abstract readonly startTimeoutMs: number
  /** Between two looks. */
  protected abstract readonly lookEveryMs: number

  constructor(runtime: R) {
    this.endpoint = runtime.endpoint
    if (runtime.secureEndpoint !== undefined) this.secureEndpoint = runtime.secureEndpoint
    this.logFile = runtime.logFile
    this.runtime = runtime
  }

  /** Made anew for each start. */
  protected abstract beginLooking(): Look

  async start(): Promise<void> {
    const who = `The ${this.name} of ${this.endpoint}`
    if (await this.runtime.isRunning()) throw new Error(`${who} runs already`)
    await this.runtime.launch()
    const deadline = performance.now() + this.startTimeoutMs
    const look = this.beginLooking()
    for (;;) {
      const failure = await look()
      if (failure === undefined) return
      if (!(await this.runtime.isRunning())) throw new Error(`${who} ended at its start: ${await this.#logEnd()}`)
      if (performance.now() > deadline) throw new Error(`${who} does not serve after ${this.startTimeoutMs} ms (${failure}): ${await this.#logEnd()}`)
      await delay(this.lookEveryMs)
    }
  }

  async kill(): Promise<void> {
    await this.runtime.end('at once')
  }

  async stop(): Promise<void> {
    await this.runtime.end('gracefully')
  }

  async suspend(): Promise<void> {
    await this.runtime.suspend()
  }

  async resume(): Promise<void> {
    await this.runtime.resume()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.dispose()
  }

  async #logEnd(): Promise<string> {
    await using file = await open(this.logFile)
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(logEndBytes), 0, logEndBytes, Math.max(0, size - logEndBytes))
    return buffer.toString('utf8', 0, bytesRead)
  }
}

/** Starts it, or leaves nothing of it. */
export async function started<S extends RunningServer<Runtime>>(server: S): Promise<S> {
  try {
    await server.start()
    return server
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}
