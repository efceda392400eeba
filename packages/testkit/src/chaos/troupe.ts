import { RemoteProcess } from '../remote-process.js'
import type { ClientFunctions } from './client-process.js'

export type ClientProcess = RemoteProcess<ClientFunctions>

const spares = 5

/** Processes that are up before they are needed. It owns those that were not taken. */
export class Troupe implements AsyncDisposable {
  readonly #program: URL
  readonly #ready: ClientProcess[] = []

  constructor(program = new URL('./client-process.js', import.meta.url)) {
    this.#program = program
    while (this.#ready.length < spares) this.#ready.push(this.#start())
  }

  take(): ClientProcess {
    this.#ready.push(this.#start())
    return this.#ready.shift() as ClientProcess
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#ready.splice(0).map((process) => process[Symbol.asyncDispose]()))
  }

  #start(): ClientProcess {
    return new RemoteProcess<ClientFunctions>(this.#program)
  }
}
