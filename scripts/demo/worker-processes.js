import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('worker.js', import.meta.url))

/** The worker processes of the demo, from their start until each has ended. */
export class WorkerProcesses {
  #running = new Set()

  /** Starts one process for each name. Resolves with the workers, in that order, when all have joined. */
  start(group, names, backend) {
    return Promise.all(names.map((name) => this.#start(group, name, backend)))
  }

  #start(group, name, backend) {
    const env = { ...process.env, SVC_BACKEND: backend }
    const child = fork(file, [group, name], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    return new Promise((resolve, reject) => {
      child.once('message', resolve)
      child.once('error', (error) => {
        if (child.pid === undefined) this.#running.delete(child)
        reject(error)
      })
      child.once('exit', (status, signal) => reject(new Error(`${name} ended before it had joined (${signal ?? `status ${status}`})`)))
    })
  }

  /** Asks every worker to leave. Resolves when all processes have ended, however long that takes. */
  async stop() {
    const ends = [...this.#running].map((child) => once(child, 'exit'))
    for (const child of this.#running) if (child.connected) child.disconnect()
    await Promise.all(ends)
  }

  /** Ends at once those that still run; returns how many they were. */
  kill() {
    for (const child of this.#running) child.kill('SIGKILL')
    return this.#running.size
  }
}
