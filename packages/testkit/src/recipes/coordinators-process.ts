// node coordinators-process.js URL COUNT: opens and closes so many coordinators that did what coordinators do; tells what is left of them.
import { openCoordinator } from '@muster/coordination'

import { collectGarbage } from '../collect-garbage.js'

/** What is left in a process that has closed all its coordinators. */
export interface Leftovers {
  readonly heapBytesEach: number
  /** Sockets, timers, watched files: by kind. */
  readonly resources: readonly string[]
}

const [url = '', count = '1000'] = process.argv.slice(2)
const atOnce = 20

async function live(index: number): Promise<void> {
  const coordinator = await openCoordinator(url, { memberId: `member-${index}` })
  await coordinator.joinGroupCreate('g', { index })
  const view = coordinator.groupView('g')
  await view.synced()
  const holding = await coordinator.getLock(`lock-${index % atOnce}`).acquire()
  await coordinator.campaign(`g`, { signal: AbortSignal.abort() }).over
  if (index % 2 === 0) await holding.release()
  void coordinator.campaign('g')
  const watching = coordinator.watchLeader('g')[Symbol.asyncIterator]()
  await watching.next()
  const pending = watching.next().catch(() => undefined) // waits until the end
  await coordinator.close()
  await Promise.all([pending, view.close()])
}

async function liveAndDie(total: number): Promise<void> {
  for (let done = 0; done < total; done += atOnce) await Promise.all(Array.from({ length: atOnce }, (_, index) => live(done + index)))
}

const heapBytes = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

await liveAndDie(200) // code, caches
const resources = process.getActiveResourcesInfo()
const before = heapBytes()
await liveAndDie(Number(count))
await new Promise((resolve) => setTimeout(resolve, 100)) // sockets say goodbye
const left = process.getActiveResourcesInfo()
for (const kind of resources) if (left.includes(kind)) left.splice(left.indexOf(kind), 1)
console.log(JSON.stringify({ heapBytesEach: (heapBytes() - before) / Number(count), resources: left } satisfies Leftovers))
