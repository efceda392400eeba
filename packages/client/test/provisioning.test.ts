import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer as createSocketServer } from 'node:net'

import { describe, expect, test } from '@jest/globals'
import type { RunningServer } from '@muster/api'
import { createProvisioningClient } from '@muster/client'
import type { ClientOptions } from '@muster/client'
import type { ClusterRow, ProvisioningStore } from '@muster/provisioning'
import { eventually, freePort, within } from '@muster/testkit'

import { recorder, Scene } from './scene.js'

const launching = (total: number) => ({ name: 'Launching instances', type: 'creating', total }) as const

/** A server whose clusters can be asked for, and a client of them. */
async function serveClusters(scene: Scene, options: ClientOptions = {}): Promise<{ server: RunningServer; store: ProvisioningStore }> {
  const server = await scene.startServer()
  return { server, store: await clientOf(scene, scene.url, options) }
}

async function clientOf(scene: Scene, url: string, options: ClientOptions = {}): Promise<ProvisioningStore> {
  const store = createProvisioningClient(url, options)
  scene.own(() => store.close())
  await eventually(async () => expect(await store.clusters({ limit: 1 })).toBeDefined())
  return store
}

async function next(watch: AsyncIterator<ClusterRow>): Promise<ClusterRow> {
  const result = await within(watch.next(), 20_000, 'the next row')
  if (result.done === true) throw new Error('the watch ended')
  return result.value
}

describe('a watch of a cluster over HTTP', () => {
  test('goes on over a restart of the server, tells nothing twice, and ends when the cluster is deleted', async () => {
    const { lines, logger } = recorder()
    await using scene = await Scene.open()
    const { server, store } = await serveClusters(scene, { logger })
    const { id } = await store.createCluster({ name: 'sample' })
    const watch = store.watch('sample')[Symbol.asyncIterator]()
    expect((await next(watch)).status).toBe('Validating')
    const more = next(watch)
    await server.close()
    await scene.startServer()
    const step = await eventually(() => store.beginStep(id, launching(1)), { timeoutMs: 20_000 })
    expect(await more).toMatchObject({ status: 'Spawning', provision_progress: [{ id: step?.id }] })
    expect(lines).toEqual(expect.arrayContaining(['the server is gone, trying again', 'the server is back']))
    await store.deleteCluster(id)
    expect(await within(watch.next(), 20_000, 'the end')).toEqual({ done: true, value: undefined })
  })

  test('of a cluster that was deleted while the server was away ends', async () => {
    await using scene = await Scene.open()
    const { server, store } = await serveClusters(scene)
    const { id } = await store.createCluster({ name: 'sample' })
    const watch = store.watch(id)[Symbol.asyncIterator]()
    await next(watch)
    const end = watch.next()
    await server.close()
    await scene.startServer()
    await eventually(() => store.deleteCluster(id), { timeoutMs: 20_000 })
    expect(await within(end, 30_000, 'the end')).toEqual({ done: true, value: undefined })
  })

  test('ends with its signal; of a cluster that is not there it fails', async () => {
    await using scene = await Scene.open()
    const { store } = await serveClusters(scene)
    await store.createCluster({ name: 'sample' })
    const stop = new AbortController()
    const watch = store.watch('sample', { signal: stop.signal })[Symbol.asyncIterator]()
    await next(watch)
    const end = watch.next()
    stop.abort()
    expect(await end).toEqual({ done: true, value: undefined })
    await expect(store.watch('none')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'not_found' })
  })
})

/** Hands on to a server, and lets the answers of some requests be lost on the way. */
async function losingProxy(port: number, losesAnswerTo: (request: string) => boolean): Promise<{ url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createSocketServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let isLost = false
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}).on('close', () => [client, upstream].forEach((other) => other.destroy())))
    client.on('data', (bytes) => {
      if (losesAnswerTo(bytes.toString('latin1'))) isLost = true
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => (isLost ? client.resetAndDestroy() : client.write(bytes)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('what is sent over HTTP', () => {
  test('and whose answer is lost is sent again where it may be repeated, and counts once', async () => {
    await using scene = await Scene.open()
    await serveClusters(scene)
    let lost = 0
    await using proxy = await losingProxy(scene.port, (request) => /^(POST .*\/(event|step|renewal)|DELETE )/.test(request) && (lost += 1) % 2 === 1)
    const store = await clientOf(scene, proxy.url)
    const { id } = await store.createCluster({ name: 'sample' })
    const step = await store.beginStep(id, launching(3))
    expect(await store.report(step?.id ?? '', { instance: 'a', successful: true })).toMatchObject({ recorded: true, step: { completed: 1 } })
    expect(await store.renew(step?.id ?? '')).toMatchObject({ recorded: true })
    await store.deleteCluster(id)
    expect(lost).toBe(8)
    await expect(store.cluster(id)).rejects.toMatchObject({ code: 'not_found' })
  }, 30_000)

  test('and may not be repeated is told as unknown when its answer is lost', async () => {
    await using scene = await Scene.open()
    await serveClusters(scene)
    await using proxy = await losingProxy(scene.port, (request) => request.startsWith('POST /v1/cluster?') || request.startsWith('POST /v1/cluster '))
    const store = await clientOf(scene, proxy.url)
    await expect(store.createCluster({ name: 'sample' })).rejects.toMatchObject({ code: 'outcome_unknown' })
  })

  test('as many reports at once goes as few requests, and each has its own outcome', async () => {
    await using scene = await Scene.open()
    await serveClusters(scene)
    const requests: string[] = []
    const counting: NonNullable<ClientOptions['fetch']> = (url, init) => {
      requests.push(`${init.method} ${url.pathname}`)
      return fetch(url, init)
    }
    const store = await clientOf(scene, scene.url, { fetch: counting })
    const { id } = await store.createCluster({ name: 'sample' })
    const step = (await store.beginStep(id, launching(500)))?.id ?? ''
    requests.length = 0
    const outcomes = await Promise.allSettled(Array.from({ length: 600 }, (_, index) => store.report(step, { instance: `i${index}`, successful: index % 2 === 0 })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(500)
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict', message: expect.stringContaining('500') } })
    expect(await store.step(step)).toMatchObject({ completed: 250, failed: 250 })
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(3)
  })

  test('to what is no server of Muster, or to none, fails with the reason', async () => {
    const port = await freePort()
    const none = createProvisioningClient(`http://127.0.0.1:${port}`)
    await expect(none.clusters()).rejects.toMatchObject({ code: 'backend_unreachable' })
    await expect(none.createCluster({ name: 'a' })).rejects.toMatchObject({ code: 'backend_unreachable' })
    const other = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('[{"id":1}]')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const wrong = createProvisioningClient(`http://127.0.0.1:${(other.address() as AddressInfo).port}`)
    await expect(wrong.clusters()).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('not Muster') })
    for (const id of ['', '.', '..']) await expect(wrong.cluster(id)).rejects.toMatchObject({ code: 'not_found' })
    await Promise.all([none.close(), wrong.close()])
    await expect(wrong.clusters()).rejects.toMatchObject({ code: 'closed' })
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
  })
})
