import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { eventually } from '../eventually.js'
import type { Exit } from '../spawn-node.js'
import { NodeProcess, spawnNode } from '../spawn-node.js'
import { within } from '../within.js'

export const rootFolder = fileURLToPath(new URL('../../../../', import.meta.url))

/** What a demo takes from its environment, without what this one has of it. */
const environment = (stateFolder: string): Record<string, string | undefined> => ({
  ...Object.fromEntries(['SVC_BACKEND', 'SVC_ENDPOINT', 'SVC_PORT', 'SVC_LOG', 'npm_lifecycle_event'].map((name) => [name, undefined])),
  XDG_STATE_HOME: stateFolder,
})

/** Starts `npm start`'s own script in a process group of its own, as a terminal would. Disposing of it ends the whole group. */
export function startDemo(stateFolder: string, ...words: readonly string[]): DemoProcess {
  return new DemoProcess(
    spawn(process.execPath, ['scripts/start.js', ...words], {
      cwd: rootFolder,
      env: { ...process.env, ...environment(stateFolder) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  )
}

export class DemoProcess extends NodeProcess {
  /** Resolves to the URL of its API when everything has started. */
  async started(): Promise<string> {
    await this.line(/Ctrl-C stops everything/, { timeoutMs: 20_000 })
    const [url] = await this.line(/http:\/\/127\.0\.0\.1:\d+/)
    return url
  }

  /** Resolves when it has ended; rejects when that takes too long. */
  ended(): Promise<Exit> {
    return within(this.exited, 15_000, 'the end of the demo')
  }

  /** Name and pid of each row of the table. */
  get table(): { name: string; pid: number }[] {
    return [...this.stdout.matchAll(/^\| (\S.*?) +\| +(\d+) \|/gm)].map(([, name = '', pid]) => ({ name, pid: Number(pid) }))
  }

  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name)
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.signalGroup('SIGKILL')
    } catch {
      // Nothing of it is left.
    }
    await super[Symbol.asyncDispose]()
  }
}

/** The pids that a list of the store shows, read by `svc` itself; of the store in that folder unless it is told another. */
export async function listedPids(stateFolder: string, ...words: readonly string[]): Promise<number[]> {
  await using list = spawnNode(`${rootFolder}packages/cli/bin/svc.js`, ['list', '-f', 'json', ...words], { env: environment(stateFolder) })
  const { code } = await list.exited
  if (code !== 0) throw new Error(`svc list ended with ${code}: ${list.describeOutput()}`)
  const rows = JSON.parse(list.stdout) as { 'Process Id': number }[]
  return rows.map((row) => row['Process Id'])
}

/** True while the process runs; one that has ended but was not fetched by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return process.platform !== 'linux' // elsewhere the first look has to do
  }
}

/** Resolves when none of the processes runs. */
export function untilNoneRuns(pids: readonly number[]): Promise<void> {
  return eventually(() => {
    const left = pids.filter(isRunning)
    if (left.length > 0) throw new Error(`still running: ${left.join(' ')}`)
  })
}
