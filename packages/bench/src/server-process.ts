import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a server has used so far, and what it holds now, after a garbage collection. */
export interface Usage {
  readonly cpuMs: number
  readonly heldMb: number
}

/** A server in a process of its own; disposing of it ends the process. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string
  usage(): Promise<Usage>
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
  return {
    url: await answer<string>(),
    usage: () => {
      child.send('usage')
      return answer<Usage>()
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), endWithinMs)
      await ended
      clearTimeout(late)
    },
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage() // before the collection, which is not the server's work
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return { cpuMs: (user + system) / 1000, heldMb: (heapUsed + external) / 2 ** 20 }
}

/** In the server's process: sends its URL, tells what it uses, and calls `close` when the one who started it wants no more or is gone. */
export function serveUntilDisconnected(url: string, close: () => unknown): void {
  process.on('message', () => process.send?.(usage()))
  process.once('disconnect', close)
  process.send?.(url)
}
