import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own; disposing of it ends the process. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string
}

const endWithinMs = 5000

/** Starts one of this folder's server scripts. Resolves when it has sent its URL; rejects when it ends without. */
export async function startServer(script: string, words: readonly string[]): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, SVC_LOG: 'warn' } })
  const ended = once(child, 'exit')
  const ready = once(child, 'message') as Promise<[url: string]>
  const [url] = await Promise.race([ready, ended.then(([status]) => Promise.reject(new Error(`${script} ended with ${status}`)))])
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), endWithinMs)
      await ended
      clearTimeout(late)
    },
  }
}

/** In the server's process: sends its URL and calls `close` when the one who started it wants no more or is gone. */
export function serveUntilDisconnected(url: string, close: () => unknown): void {
  process.once('disconnect', close)
  process.send?.(url)
}
