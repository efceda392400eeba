import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What the clients of one process have seen. */
export interface FleetReport {
  readonly synced: number
  readonly told: number
  readonly outOfOrder: number
  readonly resets: number
  readonly ended: number
  /** How often a delay was so many ms long. */
  readonly delays: readonly (readonly [ms: number, times: number])[]
}

/** SSE clients in processes of their own; disposing of it ends them. */
export class ClientFleet implements AsyncDisposable {
  readonly #children: readonly ChildProcess[]

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children
  }

  /** Resolves when all streams are open. */
  static async open(url: string, clients: number, processes: number): Promise<ClientFleet> {
    const script = fileURLToPath(new URL('clients-process.js', import.meta.url))
    const fleet = new ClientFleet(Array.from({ length: processes }, () => fork(script, [url, String(clients / processes)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })))
    await Promise.all(fleet.#children.map((child) => answerOf(child)))
    return fleet
  }

  /** What all have seen so far. */
  async report(): Promise<FleetReport> {
    const reports = await Promise.all(
      this.#children.map((child) => {
        child.send('report')
        return answerOf(child) as Promise<FleetReport>
      }),
    )
    const sum = (of: (report: FleetReport) => number): number => reports.reduce((total, report) => total + of(report), 0)
    return {
      synced: sum(({ synced }) => synced),
      told: sum(({ told }) => told),
      outOfOrder: sum(({ outOfOrder }) => outOfOrder),
      resets: sum(({ resets }) => resets),
      ended: sum(({ ended }) => ended),
      delays: reports.flatMap(({ delays }) => delays),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([status]) => Promise.reject(new Error(`The clients' process ended with ${status}`)))
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown]
  return message
}
