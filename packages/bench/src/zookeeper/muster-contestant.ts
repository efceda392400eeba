// Muster, used as programs use it; answers to the same tasks as the programs in `python`.
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

import { openCoordinator } from '@muster/coordination'
import { openSession } from '@muster/coordination/internal'
import type { Op } from '@muster/coordination/internal'
import { createClient } from '@muster/zookeeper'
import type { WatchEvent } from '@muster/zookeeper'

import type { Tasks } from './contestant.js'
import { memberId } from './members.js'

const url = (endpoint: string): string => `zookeeper://${endpoint}?timeout=30s`
const now = (): number => Number(process.hrtime.bigint()) / 1e6
const residentMb = (): number => process.memoryUsage.rss() / 2 ** 20

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function list({ endpoint, group, as }: Parameters<Tasks['list']>[0]): Promise<ReturnType<Tasks['list']>> {
  const [memory, begun] = [residentMb(), now()]
  const opened = as === 'bytes' ? await openSession(url(endpoint)) : await openCoordinator(url(endpoint))
  try {
    const listed = 'list' in opened ? (await opened.list(`members/${group}`, { consistent: true })).entries : await opened.getMembersWithCapabilities(group)
    return { ms: now() - begun, count: listed.length, grownMb: residentMb() - memory }
  } finally {
    await opened.close()
  }
}

async function create({ endpoint, group, count, perCommit, capabilities }: Parameters<Tasks['create']>[0]): Promise<ReturnType<Tasks['create']>> {
  const session = await openSession(url(endpoint))
  await session.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
  const data = Buffer.from(capabilities)
  const [begun, cpu] = [now(), cpuMs()]
  const commits = Array.from({ length: count / perCommit }, (_, commit) => {
    const ops = Array.from({ length: perCommit }, (_, index): Op => ({ op: 'create', at: { collection: `members/${group}`, key: memberId(commit * perCommit + index) }, data, ephemeral: true }))
    return session.commit(ops)
  })
  await Promise.all(commits)
  const result = { ms: now() - begun, cpuMs: cpuMs() - cpu }
  await session.close()
  return result
}

async function join({ endpoint, group, first, count, capabilities }: Parameters<Tasks['join']>[0]): Promise<ReturnType<Tasks['join']>> {
  const worker = JSON.parse(capabilities) as Record<string, unknown>
  const begun = now()
  const coordinators = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const coordinator = await openCoordinator(url(endpoint), { memberId: memberId(first + index) })
      await coordinator.joinGroup(group, worker)
      return coordinator
    }),
  )
  const result = { ms: now() - begun }
  await Promise.all(coordinators.map((coordinator) => coordinator.close()))
  return result
}

type WatchTask = Parameters<Tasks['watch']>[0]

/** Something that knows how many members there are, and tells when there are others. */
interface Watched {
  count(): number
  onChange: () => void
  close(): Promise<void>
}

/** The members with their capabilities. */
async function watchMembers({ endpoint, group }: WatchTask): Promise<Watched> {
  const coordinator = await openCoordinator(url(endpoint))
  const view = coordinator.groupView(group)
  await view.synced()
  const watched: Watched = { count: () => view.members.size, onChange: () => {}, close: () => coordinator.close() }
  view.onChange(() => watched.onChange())
  return watched
}

/** The names alone, which is what a ChildrenWatch has, by the client that all of it stands on. */
async function watchNames({ endpoint, group }: WatchTask): Promise<Watched> {
  const client = createClient(endpoint, { sessionTimeoutMs: 30_000 })
  const directory = `/tooz/${group}`
  const names = new Set<string>()
  const watched: Watched = { count: () => names.size, onChange: () => {}, close: () => client.close() }
  const onEvent = ({ type, path }: WatchEvent): void => {
    const name = path.slice(directory.length + 1)
    if (type === 'created') names.add(name)
    else if (type === 'deleted') names.delete(name)
    watched.onChange()
  }
  await client.watch(directory, { recursive: true, onEvent })
  for (const name of (await client.getChildren(directory)).children) names.add(name)
  return watched
}

class Watcher {
  readonly arrivals: number[] = []
  readonly #watched: Watched
  readonly #expected: number
  readonly #cpuBefore = cpuMs()
  #onArrival = (): void => {}

  constructor(watched: Watched, expected: number) {
    if (watched.count() !== expected) throw new Error(`${watched.count()} of ${expected} members seen`)
    this.#watched = watched
    this.#expected = expected
    watched.onChange = () => this.#note()
  }

  async end({ joined }: Parameters<Tasks['watched']>[0]): Promise<ReturnType<Tasks['watched']>> {
    await new Promise<void>((resolve) => {
      this.#onArrival = () => {
        if (this.arrivals.length >= joined) resolve()
      }
      this.#onArrival()
    })
    const result = { cpuMs: cpuMs() - this.#cpuBefore, arrivals: this.arrivals }
    await this.#watched.close()
    return result
  }

  #note(): void {
    while (this.arrivals.length < this.#watched.count() - this.#expected) this.arrivals.push(now())
    this.#onArrival()
  }
}

async function lock({ endpoint, group, count }: Parameters<Tasks['lock']>[0]): Promise<ReturnType<Tasks['lock']>> {
  await using coordinator = await openCoordinator(url(endpoint))
  const wanted = coordinator.getLock(group)
  await (await wanted.acquire()).release()
  const begun = now()
  for (let round = 0; round < count; round += 1) await (await wanted.acquire()).release()
  return { ms: now() - begun }
}

async function handOver({ endpoint, group, contenders, count }: Parameters<Tasks['handOver']>[0]): Promise<ReturnType<Tasks['handOver']>> {
  const coordinators = await Promise.all(Array.from({ length: contenders + 1 }, () => openCoordinator(url(endpoint))))
  const [first, ...others] = coordinators.map((coordinator) => coordinator.getLock(group))
  const end = new AbortController()
  const holding = await first?.acquire()
  let turns = 0
  const waiting = others.map(async (wanted) => {
    const mine = await wanted.acquire({ signal: end.signal })
    turns += 1
    if (turns < count) return mine.release()
    end.abort() // enough: the others leave the line
    return undefined
  })
  while ((await first?.contenders())?.length !== contenders + 1) await delay(10)
  await delay(500) // until each of them knows whom it waits for
  const begun = now()
  void holding?.release()
  await new Promise((resolve) => end.signal.addEventListener('abort', resolve))
  const result = { ms: now() - begun }
  await Promise.allSettled(waiting)
  await Promise.all(coordinators.map((coordinator) => coordinator.close()))
  return result
}

let watcher: Watcher | undefined
const tasks: { readonly [Task in keyof Tasks]: (options: Parameters<Tasks[Task]>[0]) => Promise<ReturnType<Tasks[Task]>> } = {
  list,
  create,
  join,
  lock,
  handOver,
  watch: async (options) => {
    watcher = new Watcher(await (options.as === 'names' ? watchNames : watchMembers)(options), options.expected)
    return null
  },
  watched: async (options) => {
    if (!watcher) throw new Error('nothing was watched')
    return watcher.end(options)
  },
}

console.log(JSON.stringify({ ready: true }))
for await (const line of createInterface({ input: process.stdin })) {
  const { task, options } = JSON.parse(line) as { task: keyof Tasks; options: never }
  const reply = await tasks[task](options).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: String(error) }),
  )
  console.log(JSON.stringify(reply))
}
process.exit() // also with sessions that a failed task left open
