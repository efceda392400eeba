import type { NodeProcess } from './spawn-node.js'
import { within } from './within.js'

/** The functions that a process offers to the one that started it; arguments and results are structured clones. */
export type Functions = Readonly<Record<string, (...args: never[]) => unknown>>

interface Call {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly failure?: Failure
}

interface Failure {
  readonly name: string
  readonly message: string
  readonly code?: unknown
  readonly reason?: unknown
  readonly index?: unknown
}

/** What a remote function threw, with the fields that callers compare. */
export class RemoteError extends Error {
  readonly code: unknown
  readonly reason: unknown
  readonly index: unknown
  constructor({ name, message, code, reason, index }: Failure) {
    super(message)
    this.name = name
    this.code = code
    this.reason = reason
    this.index = index
  }
}

/** In the started process: answers calls with `functions` and ends with the process that started it. */
export function answerCalls(functions: Functions): void {
  process.on('message', (message: Call) => {
    const { id, name, args } = message
    void Promise.resolve()
      .then(() => (functions[name] as (...args: readonly unknown[]) => unknown)(...args))
      .then(
        (value) => ({ id, value }),
        (error: unknown) => ({ id, failure: toFailure(error) }),
      )
      .then((reply: Reply) => process.send?.(reply))
  })
  process.on('disconnect', () => process.exit())
}

function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message } = error
  const { code, reason, index } = error as Partial<Failure>
  return { name, message, code, reason, index }
}

/** In the process that started it: calls the functions of `F` there. Pending calls reject when the process ends. */
export class RemoteCalls<F extends Functions> {
  readonly #process: NodeProcess
  readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  #nextId = 1

  constructor(process: NodeProcess) {
    this.#process = process
    process.onMessage((message) => {
      const { id, value, failure } = message as Reply
      const call = this.#pending.get(id)
      this.#pending.delete(id)
      if (failure) call?.reject(new RemoteError(failure))
      else call?.resolve(value)
    })
    void process.exited.then((exit) => {
      for (const { reject } of this.#pending.values()) reject(new Error(`Process ${process.pid} ended (${JSON.stringify(exit)}); it wrote: ${process.describeOutput()}`))
    })
  }

  /** Resolves to what the function returned; rejects with a RemoteError, when the process ends, or after 30 s. */
  call<Name extends keyof F & string>(name: Name, ...args: Parameters<F[Name]>): Promise<Awaited<ReturnType<F[Name]>>> {
    const id = this.#nextId++
    const result = new Promise<Awaited<ReturnType<F[Name]>>>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#process.send({ id, name, args } satisfies Call)
    })
    return within(result, 30_000, `${name} in process ${this.#process.pid}`)
  }
}
