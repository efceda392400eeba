import { expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { createClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup, WorkerChange } from '@muster/servicegroup'
import { eventually, freePort, temporaryFolder, within } from '@muster/testkit'

interface Scene extends AsyncDisposable {
  readonly store: ServiceGroup
  /** Starts a server on the store, always on the same port. */
  readonly startServer: () => Promise<{ close(): Promise<void> }>
  readonly url: string
}

async function scene(): Promise<Scene> {
  const folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  const store = await openServiceGroup(backend)
  const port = await freePort()
  const running = new Set<{ close(): Promise<void> }>()
  return {
    store,
    url: `http://127.0.0.1:${port}`,
    startServer: async () => {
      const server = await serve({ backend, port, logger: silentLogger })
      running.add(server)
      return server
    },
    async [Symbol.asyncDispose]() {
      for (const server of running) await server.close()
      await store.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const words = (changes: readonly WorkerChange[]): string[] =>
  changes.map((change) => (change.type === 'left' ? `left ${change.before.name}` : `${change.type} ${change.worker.name}`))

/** The next changes that a watch tells. */
async function next(watch: AsyncIterator<readonly WorkerChange[]>): Promise<string[]> {
  const result = await within(watch.next(), 10_000, 'the next changes')
  if (result.done === true) throw new Error('the watch ended')
  return words(result.value)
}

test('a watch tells the workers there are, who joins and who leaves, and asks for the list only when it changed', async () => {
  await using world = await scene()
  await world.startServer()
  await world.store.join({ group: 'vitrage', name: 'a' })
  const other = await world.store.join({ group: 'search', name: 'other' })

  const statuses: number[] = []
  const client = createClient(world.url, {
    pollIntervalMs: 20,
    fetch: async (...request) => {
      const response = await fetch(...request)
      statuses.push(response.status)
      return response
    },
  })
  const watch = client.watchWorkers({ group: 'vitrage' })[Symbol.asyncIterator]()
  await eventually(async () => expect(await client.workers()).toHaveLength(2))
  expect(await next(watch)).toEqual(['joined a'])

  statuses.length = 0
  const told = next(watch)
  await eventually(() => expect(statuses.length).toBeGreaterThan(3))
  await other.leave() // of another group: no news here
  await eventually(() => expect(statuses.length).toBeGreaterThan(8))
  expect(new Set(statuses)).toEqual(new Set([304]))

  const b = await world.store.join({ group: 'vitrage', name: 'b' })
  expect(await told).toEqual(['joined b'])
  const gone = next(watch)
  await b.leave()
  expect(await gone).toEqual(['left b'])
  await client.close()
  await expect(watch.next()).rejects.toMatchObject({ code: 'closed' })
})

test('a watch survives a restart of the server without telling anybody left, and tells what happened meanwhile', async () => {
  await using world = await scene()
  const first = await world.startServer()
  const stays = await world.store.join({ group: 'vitrage', name: 'stays' })
  const leaves = await world.store.join({ group: 'vitrage', name: 'leaves' })
  const logged: string[] = []
  const keep = (_fields: object, message: string): void => void logged.push(message)
  const client = createClient(world.url, { pollIntervalMs: 20, logger: { ...silentLogger, info: keep, warn: keep } })
  await eventually(async () => expect(await client.workers()).toHaveLength(2))
  const watch = client.watchWorkers()[Symbol.asyncIterator]()
  expect(await next(watch)).toEqual(['joined leaves', 'joined stays'])

  const told = next(watch)
  await first.close()
  await eventually(() => expect(logged).toEqual(['the server cannot be asked, trying again']))
  await leaves.leave()
  await world.store.join({ group: 'vitrage', name: 'new' })
  await world.startServer()
  expect(await told).toEqual(['left leaves', 'joined new'])
  expect(logged).toEqual(['the server cannot be asked, trying again', 'the server answers again'])
  expect(stays.state).toBe('joined')
  await client.close()
})

test('a watch that cannot begin says so; one that is aborted ends', async () => {
  await using world = await scene()
  const client = createClient(world.url, { pollIntervalMs: 20 })
  await expect(client.watchWorkers()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'backend_unreachable' })

  await world.startServer()
  const controller = new AbortController()
  const seen: string[][] = []
  for await (const changes of client.watchWorkers({}, { signal: controller.signal })) {
    seen.push(words(changes))
    controller.abort()
  }
  expect(seen).toEqual([[]])
  await client.close()
})
