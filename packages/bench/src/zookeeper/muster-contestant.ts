// Muster, used as programs use it; answers to the same tasks as the programs in `python`.
import { createInterface } from 'node:readline'

import { openCoordinator } from '@muster/coordination'
import type { Coordinator, GroupView } from '@muster/coordination'
import { openSession } from '@muster/coordination/internal'
import type { Op } from '@muster/coordination/internal'

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

async function join({ endpoint, group, count, capabilities }: Parameters<Tasks['join']>[0]): Promise<ReturnType<Tasks['join']>> {
  const worker = JSON.parse(capabilities) as Record<string, unknown>
  const begun = now()
  const coordinators = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const coordinator = await openCoordinator(url(endpoint), { memberId: memberId(index) })
      await coordinator.joinGroup(group, worker)
      return coordinator
    }),
  )
  const result = { ms: now() - begun }
  await Promise.all(coordinators.map((coordinator) => coordinator.close()))
  return result
}

class Watcher {
  readonly arrivals: number[] = []
  #cpuBefore = 0
  #onArrival = (): void => {}

  private constructor(
    private readonly coordinator: Coordinator,
    private readonly view: GroupView,
    private readonly expected: number,
  ) {}

  static async start({ endpoint, group, expected }: Parameters<Tasks['watch']>[0]): Promise<Watcher> {
    const coordinator = await openCoordinator(url(endpoint))
    const watcher = new Watcher(coordinator, coordinator.groupView(group), expected)
    await watcher.#begin()
    return watcher
  }

  async end({ joined }: Parameters<Tasks['watched']>[0]): Promise<ReturnType<Tasks['watched']>> {
    await new Promise<void>((resolve) => {
      this.#onArrival = () => {
        if (this.arrivals.length >= joined) resolve()
      }
      this.#onArrival()
    })
    const result = { cpuMs: cpuMs() - this.#cpuBefore, arrivals: this.arrivals }
    await this.coordinator.close()
    return result
  }

  async #begin(): Promise<void> {
    const { view, expected, arrivals } = this
    await view.synced()
    if (view.members.size !== expected) throw new Error(`${view.members.size} of ${expected} members seen`)
    view.onChange(() => {
      while (arrivals.length < view.members.size - expected) arrivals.push(now())
      this.#onArrival()
    })
    this.#cpuBefore = cpuMs()
  }
}

let watcher: Watcher | undefined
const tasks: { readonly [Task in keyof Tasks]: (options: Parameters<Tasks[Task]>[0]) => Promise<ReturnType<Tasks[Task]>> } = {
  list,
  create,
  join,
  watch: async (options) => {
    watcher = await Watcher.start(options)
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
