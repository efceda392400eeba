import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, test } from '@jest/globals'
import { eventually, spawnNode, startFaultProxy } from '@muster/testkit'

import { next, recorder, Scene, words } from './scene.js'

test('a watch tells the workers there are, who joins and who leaves, and nothing of those that were not asked for', async () => {
  await using scene = await Scene.open()
  await scene.startServer()
  const a = await scene.store.join({ group: 'vitrage', name: 'a' })
  const other = await scene.store.join({ group: 'search', name: 'other' })
  const client = scene.client()
  await eventually(async () => expect(await client.workers()).toHaveLength(2))
  const watch = client.watchWorkers({ group: 'vitrage' })[Symbol.asyncIterator]()
  const first = await watch.next()
  expect(first.value).toEqual([{ type: 'joined', worker: a.worker }])

  await other.leave()
  const b = await scene.store.join({ group: 'vitrage', name: 'b' })
  expect(await next(watch)).toEqual(['joined b'])
  await b.leave()
  expect(await next(watch)).toEqual(['left b'])
  await client.close()
  await expect(watch.next()).rejects.toMatchObject({ code: 'closed' })
})

test('a watch survives a restart of the server without telling anybody left, and tells what happened meanwhile, once', async () => {
  await using scene = await Scene.open()
  const first = await scene.startServer()
  const stays = await scene.store.join({ group: 'vitrage', name: 'stays' })
  const leaves = await scene.store.join({ group: 'vitrage', name: 'leaves' })
  const { lines, logger } = recorder()
  const client = scene.client({ logger })
  await eventually(async () => expect(await client.workers()).toHaveLength(2))
  const watch = client.watchWorkers()[Symbol.asyncIterator]()
  expect(await next(watch)).toEqual(['joined leaves', 'joined stays'])

  const told = next(watch)
  const stoppedAt = performance.now()
  await first.close()
  expect(performance.now() - stoppedAt).toBeLessThan(3000) // streams are no requests to wait for
  await eventually(() => expect(lines).toEqual(['the server is gone, trying again']))
  await leaves.leave()
  await scene.store.join({ group: 'vitrage', name: 'new' })
  await scene.startServer()
  expect(await told).toEqual(['left leaves', 'joined new'])
  expect(lines).toEqual(['the server is gone, trying again', 'the server is back'])
  expect(stays.state).toBe('joined')
})

test('a watch survives a server that is killed, and one that is stopped for longer than it may be silent', async () => {
  await using scene = await Scene.open()
  const program = new URL('serving-process.js', import.meta.url).pathname
  const start = async (): Promise<ReturnType<typeof spawnNode>> => {
    const started = spawnNode(program, [scene.backend, String(scene.port)], { env: { SVC_LOG: 'silent' } })
    scene.own(() => started[Symbol.asyncDispose]())
    await started.line(/^http/)
    return started
  }
  const first = await start()
  await scene.store.join({ group: 'vitrage', name: 'a' })
  const { lines, logger } = recorder()
  const client = scene.client({ logger, silentMs: 1000, timeoutMs: 1000 })
  await eventually(async () => expect(await client.workers()).toHaveLength(1))
  const watch = client.watchWorkers()[Symbol.asyncIterator]()
  expect(await next(watch)).toEqual(['joined a'])

  const told = next(watch)
  first.signal('SIGKILL')
  await first.exited
  await eventually(() => expect(lines).toEqual(['the server is gone, trying again']))
  await scene.store.join({ group: 'vitrage', name: 'b' })
  const second = await start()
  expect(await told).toEqual(['joined b'])

  const late = next(watch)
  second.signal('SIGSTOP')
  await scene.store.join({ group: 'vitrage', name: 'c' })
  await eventually(() => expect(lines.filter((line) => line.includes('gone')).length).toBeGreaterThan(1))
  second.signal('SIGCONT')
  expect(await late).toEqual(['joined c'])
})

test('a silent partition is noticed, and when it is over what happened is told once', async () => {
  await using scene = await Scene.open()
  await scene.startServer()
  await using proxy = await startFaultProxy(`127.0.0.1:${scene.port}`)
  await scene.store.join({ group: 'vitrage', name: 'a' })
  const { lines, logger } = recorder()
  const client = scene.client({ logger, silentMs: 1000, timeoutMs: 1000 }, `http://${proxy.endpoint}`)
  await eventually(async () => expect(await client.workers()).toHaveLength(1))
  const watch = client.watchWorkers()[Symbol.asyncIterator]()
  expect(await next(watch)).toEqual(['joined a'])

  const told = next(watch)
  proxy.suspend()
  await eventually(() => expect(lines).toContain('the server is gone, trying again'))
  await scene.store.join({ group: 'vitrage', name: 'b' })
  proxy.resume()
  expect(await told).toEqual(['joined b'])
  expect(lines).toContain('the server is back')
})

describe('a watch that ends', () => {
  test('cannot begin: it says so; is aborted: it ends without an error', async () => {
    await using scene = await Scene.open()
    const client = scene.client()
    await expect(client.watchWorkers()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('nothing listens there') })

    await scene.startServer()
    const controller = new AbortController()
    const seen: string[][] = []
    for await (const changes of client.watchWorkers({}, { signal: controller.signal })) {
      seen.push(words(changes))
      controller.abort()
    }
    expect(seen).toEqual([[]])
  })

  test('closes its connection: when its consumer has enough, and when the client is closed while nobody reads', async () => {
    await using scene = await Scene.open()
    await scene.startServer()
    await using proxy = await startFaultProxy(`127.0.0.1:${scene.port}`)
    const client = scene.client({}, `http://${proxy.endpoint}`)
    for await (const changes of client.watchWorkers()) {
      expect(changes).toEqual([])
      expect(proxy.connections).toBe(1)
      break
    }
    await eventually(() => expect(proxy.connections).toBe(0))

    const idle = client.watchWorkers()[Symbol.asyncIterator]()
    await idle.next()
    expect(proxy.connections).toBe(1)
    await client.close()
    await eventually(() => expect(proxy.connections).toBe(0))
    await expect(idle.next()).rejects.toMatchObject({ code: 'closed' })
  })

  const problem = (status: number, error: string): string => JSON.stringify({ status, detail: 'No.', error })
  test.each<[string, string, (res: ServerResponse) => void]>([
    ['not_found', 'a server without it', (res) => res.writeHead(404, { 'Content-Type': 'application/problem+json' }).end(problem(404, 'not_found'))],
    ['not_allowed', 'a server that wants a token', (res) => res.writeHead(401, { 'Content-Type': 'application/problem+json' }).end(problem(401, 'not_allowed'))],
    ['not_supported', 'a server that cannot tell it so', (res) => res.writeHead(406, { 'Content-Type': 'application/problem+json' }).end(problem(406, 'not_supported'))],
    ['backend_unreachable', 'a page', (res) => res.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>')],
    ['backend_unreachable', 'events of something else', (res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: snapshot\ndata: [{"name":1}]\n\n')],
    ['backend_unreachable', 'no JSON', (res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: snapshot\ndata: hello\n\n')],
    ['backend_unreachable', 'nothing', () => {}],
    ['backend_unreachable', 'a head and nothing', (res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()],
  ])('%s: %s', async (code, _what, answer) => {
    await using scene = await Scene.open()
    const server = createServer((_req, res) => answer(res)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    scene.own(() => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    const client = scene.client({ timeoutMs: 300, silentMs: 300 }, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await expect(client.watchWorkers()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code })
  })
})
