// Watches the workers in a process of its own and serves them over HTTP, as an API server does.
import { serve } from '@muster/api'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'

import { bootTime } from '../boot-clock.js'
import { answerCalls } from '../remote-calls.js'

const [backend = ''] = process.argv.slice(2)
const listed = new Map<string, number>()
const listeners = new Set<() => void>()

const server = await serve({ backend, port: 0, logger: silentLogger })
const reader = await openServiceGroup(backend)
void (async () => {
  for await (const changes of reader.watchWorkers()) {
    for (const change of changes) {
      if (change.type === 'left') listed.delete(change.before.memberId)
      else if (change.worker.process !== null) listed.set(change.worker.memberId, change.worker.process)
    }
    for (const listener of listeners) listener()
  }
})()

/** Resolves when the condition holds, to the moment that it did, on the clock of all processes. */
function when(condition: () => boolean): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!condition()) return
      listeners.delete(look)
      resolve(bootTime())
    }
    listeners.add(look)
    look()
  })
}

const functions = {
  url: () => server.url,
  /** Resolves when the watch shows a worker of that process. */
  listed: (pid: number) => when(() => [...listed.values()].includes(pid)),
  /** Resolves when it shows none any more. */
  unlisted: (pid: number) => when(() => ![...listed.values()].includes(pid)),
}

export type ObserverFunctions = typeof functions

answerCalls(functions)
