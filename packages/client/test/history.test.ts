import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { describe, expect, test } from '@jest/globals'
import { createHistoryClient } from '@muster/client'
import type { ClientOptions } from '@muster/client'
import { LogHistory } from '@muster/notifications'
import type { Change, HistoryReader } from '@muster/notifications'
import { eventually, freePort, temporaryFolder, within } from '@muster/testkit'
import { Keeper, serveHistory } from '@muster/testkit/history'
import type { HistoryServer } from '@muster/testkit/history'

import { recorder } from './scene.js'

/** A store whose history is kept, servers that tell it at one port, and clients. What it opened is closed with it. */
class Past implements AsyncDisposable {
  readonly #closers: (() => PromiseLike<unknown>)[]
  server!: HistoryServer

  private constructor(
    readonly backend: string,
    readonly database: string,
    readonly keeper: Keeper,
    readonly direct: LogHistory,
    readonly port: number,
    closers: (() => PromiseLike<unknown>)[],
  ) {
    this.#closers = closers
  }

  static async open(): Promise<Past> {
    const folder = await temporaryFolder()
    const [backend, database] = [`embedded:${folder.path}`, `sqlite:${join(folder.path, 'history.db')}`]
    const keeper = await Keeper.open(backend, database)
    const direct = await LogHistory.open(database)
    const past = new Past(backend, database, keeper, direct, await freePort(), [() => folder[Symbol.asyncDispose](), () => keeper[Symbol.asyncDispose](), () => direct.close()])
    await past.startServer()
    return past
  }

  async startServer(): Promise<void> {
    this.server = await serveHistory(this.direct, { port: this.port })
  }

  client(options: ClientOptions = {}): HistoryReader {
    const client = createHistoryClient(`http://127.0.0.1:${this.port}`, options)
    this.#closers.push(() => client.close())
    return client
  }

  /** Resolves when somebody watches. */
  async streaming(): Promise<void> {
    await eventually(() => expect(this.server.requests.some((request) => request.includes('stream'))).toBe(true))
  }

  /** A worker that comes on that host; resolves when it is in the history. */
  async come(hostname: string, name = 'api'): Promise<{ leave(): Promise<void> }> {
    const membership = await this.keeper.group.join({ group: 'g', name, hostname })
    await this.keeper.until(({ kind, host }) => kind === 'worker.joined' && host === hostname)
    await this.keeper.until(({ kind, host, after }) => kind === 'service.updated' && host === hostname && after !== null && 'effective' in after && after.effective === 'up')
    return membership
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.reverse()) await close()
    await this.server[Symbol.asyncDispose]()
  }
}

async function next(watch: AsyncIterator<Change>): Promise<Change> {
  const result = await within(watch.next(), 15_000, 'the next change')
  if (result.done === true) throw new Error('the watch ended')
  return result.value
}

async function collect(watch: AsyncIterator<Change>, until: (change: Change) => boolean): Promise<Change[]> {
  for (const changes: Change[] = []; ; ) {
    changes.push(await next(watch))
    if (changes.some(until)) return changes
  }
}

describe('a history over HTTP', () => {
  test('is read page by page, filtered and from a time on, as from its database', async () => {
    await using past = await Past.open()
    await past.come('h1')
    await past.come('h2', 'agent')
    const client = past.client()
    const all = await client.changes()
    expect(all.changes.length).toBeGreaterThan(5)
    expect(all).toEqual(await past.direct.changes())
    const middle = Date.parse(all.changes[3]?.at ?? '')
    for (const filter of [{ host: 'h2' }, { type: ['api', 'agent'], kind: 'worker.joined' }, { type: 'nosuch' }, { kind: [] }]) {
      for (const options of [{}, { after: 2 }, { limit: 2 }, { from: middle }, { after: 4, from: middle, limit: 3 }, { from: Date.now() + 60_000 }]) {
        const [told, known] = [await client.changes(filter, options), await past.direct.changes(filter, options)]
        expect(told.changes).toEqual(known.changes)
        expect([told.firstSeq, told.lastSeq]).toEqual([known.firstSeq, known.lastSeq])
      }
    }
    await expect(client.changes({}, { limit: 0 })).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  test('tells who was alive at a time, and what is another way since', async () => {
    await using past = await Past.open()
    const worker = await past.come('h1')
    const client = past.client()
    const then = Date.now()
    await worker.leave()
    await past.keeper.until(({ kind, after }) => kind === 'service.updated' && after !== null && 'state' in after && after.state === 'down')
    expect(await client.stateAt({ time: then })).toEqual(await past.direct.stateAt({ time: then }))
    expect((await client.stateAt({ time: then })).workers.map(({ hostname }) => hostname)).toEqual(['h1'])
    expect(await client.differencesSince({ time: then })).toEqual(await past.direct.differencesSince({ time: then }))
    await expect(client.stateAt({ time: NaN })).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  test('of a time before it began is not found, with the hint of the server', async () => {
    await using past = await Past.open()
    await expect(past.client().stateAt({ time: 0 })).rejects.toMatchObject({ code: 'not_found', hint: expect.any(String) })
  })
})

describe('a watch of changes over HTTP', () => {
  test('begins with the next change, and ends with its signal', async () => {
    await using past = await Past.open()
    await past.come('h1')
    const stop = new AbortController()
    const watch = past.client().watchChanges({ kind: 'worker.joined' }, { signal: stop.signal })[Symbol.asyncIterator]()
    const first = next(watch)
    await past.streaming()
    await past.come('h2')
    expect((await first).host).toBe('h2')
    const end = watch.next()
    stop.abort()
    expect(await end).toEqual({ done: true, value: undefined })
  })

  test('tells each change once and in order, over cut streams and a restart of the server', async () => {
    await using past = await Past.open()
    const { lines, logger } = recorder()
    const watch = past.client({ logger }).watchChanges({}, { after: 0 })[Symbol.asyncIterator]()
    await past.come('h1')
    const told = await collect(watch, ({ after }) => after !== null && 'effective' in after && after.effective === 'up')
    const more = collect(watch, ({ host, kind }) => host === 'h3' && kind === 'worker.joined')
    past.server.cut()
    await past.come('h2')
    await past.server[Symbol.asyncDispose]()
    await past.come('h3')
    await past.startServer()
    const all = [...told, ...(await more)]
    expect(all).toEqual((await past.direct.changes()).changes.slice(0, all.length))
    expect(past.server.requests.some((request) => / \d+$/.test(request))).toBe(true) // went on by Last-Event-ID
    expect(lines).toEqual(expect.arrayContaining(['the server is gone, trying again', 'the server is back']))
  })

  test('without a number tells what happened while its first stream was lost', async () => {
    await using past = await Past.open()
    await past.come('h1')
    const watch = past.client().watchChanges({ host: 'h2' })[Symbol.asyncIterator]()
    const first = next(watch)
    await past.streaming()
    await past.server[Symbol.asyncDispose]()
    await past.come('h2')
    await past.startServer()
    expect(await first).toMatchObject({ host: 'h2', kind: 'service.created' })
  })

  test('tells a gap in the place of what is no longer kept', async () => {
    await using past = await Past.open()
    await past.come('h1')
    await past.come('h2')
    const { lastSeq } = await past.direct.changes()
    await past.keeper[Symbol.asyncDispose]()
    await using forgetful = await Keeper.open(past.backend, past.database, { keepChanges: 2 })
    await eventually(async () => expect((await past.direct.changes()).firstSeq).toBeGreaterThan(2))
    const watch = past.client().watchChanges({}, { after: 1 })[Symbol.asyncIterator]()
    const { firstSeq } = await past.direct.changes()
    const missing = firstSeq - 1
    expect(await next(watch)).toMatchObject({ seq: missing, kind: 'gap', gap: { from: 2, to: missing, count: missing - 1 } })
    expect((await next(watch)).seq).toBe(firstSeq)
    expect((await forgetful.log.read()).lastSeq).toBeGreaterThanOrEqual(lastSeq)
  })

  test('whose server is not there, or is none of Muster, fails at once', async () => {
    const port = await freePort()
    const client = createHistoryClient(`http://127.0.0.1:${port}`)
    await expect(client.watchChanges()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'backend_unreachable' })
    const other = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('[{"seq":1}]')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const wrong = createHistoryClient(`http://127.0.0.1:${(other.address() as AddressInfo).port}`)
    await expect(wrong.changes()).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('not Muster') })
    await client.close()
    await wrong.close()
    await expect(wrong.changes()).rejects.toMatchObject({ code: 'closed' })
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
  })
})
