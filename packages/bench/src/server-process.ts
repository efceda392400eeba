import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own; disposing of it ends the process. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string
  /** What it has used so far, ms. */
  cpu(): Promise<number>
  /** The memory it holds, MB. It collects its garbage for that, and is slower for some time: not while speed is measured. */
  memory(): Promise<number>
}

const endWithinMs = 5000

/** Starts one of this folder's server scripts. Resolves when it has sent its URL; rejects when it ends without. */
export async function startServer(script: string, words: readonly string[]): Promise<ServerProcess> {
  const stdio: ['ignore', 'ignore', 'inherit', 'ipc'] = ['ignore', 'ignore', 'inherit', 'ipc']
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), words, { stdio, env: { ...process.env, SVC_LOG: 'warn' }, execArgv: ['--expose-gc'] })
  const ended = once(child, 'exit')
  const answer = async <T>(): Promise<T> => {
    const [message] = await Promise.race([once(child, 'message') as Promise<[T]>, ended.then(([status]) => Promise.reject(new Error(`${script} ended with ${status}`)))])
    return message
  }
  const ask = (question: keyof typeof questions): Promise<number> => {
    child.send(question)
    return answer<number>()
  }
  return {
    url: await answer<string>(),
    cpu: () => ask('cpu'),
    memory: async () => {
      await ask('memory') // what this leaves to be freed in its own time, the next collection finds freed
      return ask('memory')
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), endWithinMs)
      await ended
      clearTimeout(late)
    },
  }
}

const questions = {
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  memory: () => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    return (heapUsed + external) / 2 ** 20
  },
}

/** In the server's process: sends its URL, tells what it uses, and calls `close` when the one who started it wants no more or is gone. */
export function serveUntilDisconnected(url: string, close: () => unknown): void {
  process.on('message', (question: keyof typeof questions) => process.send?.(questions[question]()))
  process.once('disconnect', close)
  process.send?.(url)
}
