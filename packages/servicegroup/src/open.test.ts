import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'

import { openSession } from '@muster/coordination/internal'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { openServiceGroup } from './open.js'
import { join } from './workers/join.js'
import type { Membership, ServiceGroup } from './service-group.js'
import type { WorkerChange } from './workers/worker.js'

let folder: string
let backend: string
let group: ServiceGroup
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'muster-servicegroup-'))
  backend = `embedded:${folder}/store?timeout=3s`
  group = await openServiceGroup(backend)
})

afterEach(async () => {
  await group.close()
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

const index = new URL('./index.js', import.meta.url).href

/** A real worker process that runs `body` with `join` at hand; resolves when it has printed its first line. */
async function worker(body: string): Promise<ChildProcess> {
  const script = `import { join } from ${JSON.stringify(index)}\n${body}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SVC_BACKEND: backend } })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

async function listed(count: number): Promise<void> {
  while ((await group.workers()).length !== count) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('joining', () => {
  test('a worker is listed when join() resolves and gone when leave() does', async () => {
    const membership = await join({ backend, group: 'g', name: 'api' })
    expect(await group.workers()).toEqual([membership.worker])
    expect(membership).toMatchObject({ state: 'joined', worker: { name: 'api', process: process.pid, incarnation: 1 } })
    await membership.leave()
    expect(await group.workers()).toEqual([])
    expect(membership.state).toBe('left')
    await membership.leave()
  })

  test('join() without arguments takes everything from the environment and the process', async () => {
    const keys = ['SVC_BACKEND', 'SVC_GROUP', 'SVC_NAME', 'SVC_HOSTNAME'] as const
    const before = keys.map((key) => process.env[key])
    Object.assign(process.env, { SVC_BACKEND: backend, SVC_GROUP: 'mine', SVC_NAME: 'me worker(7)', SVC_HOSTNAME: 'here' })
    try {
      await using membership = await join()
      expect(membership.worker).toMatchObject({ group: 'mine', name: 'me worker(7)', type: 'me', hostname: 'here', process: process.pid })
    } finally {
      for (const [position, key] of keys.entries()) {
        const value = before[position]
        if (value === undefined) Reflect.deleteProperty(process.env, key)
        else process.env[key] = value
      }
    }
    expect(await group.workers()).toEqual([])
  })

  test.each(['"quoted"', "it's", 'two\nlines', '\u001b[31mred', '🐝 worker(1)', 'x'.repeat(4096), 'leader', '../..'])('a worker, and its group, may be called %j', async (name) => {
    const groupName = name.slice(0, 200)
    await using membership = await group.join({ group: groupName, name })
    expect(await group.workers({ group: groupName, name })).toEqual([membership.worker])
    expect(await group.groups()).toMatchObject([{ members: 1 }])
  })

  test('a description that is too large is refused and leaves nothing behind', async () => {
    await expect(join({ backend, name: 'a', labels: { big: 'x'.repeat(70_000) } })).rejects.toMatchObject({ code: 'too_large' })
    expect(await group.workers()).toEqual([])
  })

  test('a group name that does not fit a key is refused, and asking for it is an empty list', async () => {
    const long = '🐝'.repeat(50)
    await expect(join({ backend, name: 'a', group: long })).rejects.toMatchObject({ code: 'invalid_argument', argument: 'group' })
    expect(await group.workers({ group: long })).toEqual([])
  })

  test('several workers of one process are listed apart', async () => {
    const all = await Promise.all([1, 2, 3].map((n) => group.join({ group: 'g', name: `w worker(${n})` })))
    expect((await group.workers()).map(({ name }) => name)).toEqual(['w worker(1)', 'w worker(2)', 'w worker(3)'])
    expect(new Set(all.map((membership: Membership) => membership.worker.memberId)).size).toBe(3)
  })
})

describe('reading', () => {
  test('a store that is not there is an empty list and is not made', async () => {
    expect(await group.workers()).toEqual([])
    expect(await group.groups()).toEqual([])
    expect(existsSync(joinPath(folder, 'store'))).toBe(false)
  })

  test('garbage written by hand is listed under its id and does not fail the list', async () => {
    await using membership = await group.join({ group: 'g', name: 'api' })
    const session = await openSession(backend)
    await session.commit([{ op: 'create', at: { collection: 'members/g', key: 'garbage' }, data: Uint8Array.of(0xff, 0x00, 0x1b) }])
    await session.close()
    expect((await group.workers()).map(({ name, process: pid }) => [name, pid])).toEqual([
      ['api', membership.worker.process],
      ['garbage', null],
    ])
  })

  test('the live view becomes equal to the list and says so', async () => {
    const view = group.view()
    const members = await Promise.all(Array.from({ length: 20 }, (_, n) => group.join({ group: `g${n % 3}`, name: `w${n}` })))
    const settled = async (count: number): Promise<void> => {
      while (!view.synced || view.workers().length !== count) await new Promise<void>((resolve) => void view.onChange(() => resolve()))
    }
    await settled(20)
    expect(view.workers()).toEqual(await group.workers())
    expect(view.workers()).toBe(view.workers())
    expect(view.groups()).toEqual(await group.groups())
    expect(view.groups()).toBe(view.groups())
    expect(view.connection.state).toBe('connected')
    expect(Date.now() - view.asOf()).toBeLessThan(60_000)
    await members[0]?.leave()
    await settled(19)
    expect(view.workers()).toEqual(await group.workers())
  })

  test('a watch tells first who is there, then who comes and goes, each once', async () => {
    await using early = await group.join({ group: 'g', name: 'early' })
    const abort = new AbortController()
    const told: string[][] = []
    let late: Membership | undefined
    const name = (change: WorkerChange): string => `${change.type} ${change.type === 'left' ? change.before.name : change.worker.name}`
    for await (const changes of group.watchWorkers({ group: 'g' }, { signal: abort.signal })) {
      told.push(changes.map(name))
      if (told.length === 1) {
        await group.join({ group: 'elsewhere', name: 'other' })
        late = await join({ backend, group: 'g', name: 'late' })
      } else if (told.length === 2) await late?.leave()
      else abort.abort()
    }
    expect(told).toEqual([[`joined ${early.worker.name}`], ['joined late'], ['left late']])
  })

  test('a watch of a closed service group ends with Closed', async () => {
    const other = await openServiceGroup(backend)
    const changes = other.watchWorkers()[Symbol.asyncIterator]()
    await changes.next()
    const next = changes.next()
    await other.close()
    await expect(next).rejects.toMatchObject({ code: 'closed' })
    await expect(other.join()).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('worker processes', () => {
  test('a worker that does nothing else is not kept alive by its membership, and is gone with its process', async () => {
    const child = await worker("await join({ name: 'idle' }); console.log('joined')")
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(0)
    await listed(0)
  })

  test('a worker that leaves on signal is gone when its process ends, which the signal ends', async () => {
    const child = await worker("await join({ name: 'polite', leaveOnSignal: true }); setInterval(() => {}, 1000); console.log('joined')")
    expect(await group.workers()).toHaveLength(1)
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGTERM')
    const session = await openSession(backend)
    // A reader of its own: its first read would sweep, so look at what the worker itself has left behind.
    expect((await session.list('members/default')).entries).toEqual([])
    await session.close()
  })

  test('a worker that is killed is gone from the list of a reader that was there before', async () => {
    const child = await worker("await join({ name: 'victim' }); setInterval(() => {}, 1000); console.log('joined')")
    await listed(1)
    child.kill('SIGKILL')
    await listed(0)
  })

  test('a worker that is stopped goes when its lease ends, and comes back by itself with the next incarnation', async () => {
    const child = await worker("await join({ name: 'frozen' }); setInterval(() => {}, 1000); console.log('joined')")
    await using observer = await group.join({ name: 'observer' }) // takes part in sweeping
    const [before] = await group.workers({ name: 'frozen' })
    child.kill('SIGSTOP')
    await listed(1)
    child.kill('SIGCONT')
    await listed(2)
    expect(await group.workers({ name: 'frozen' })).toMatchObject([{ ...before, incarnation: 2 }]) // and its lag
    expect(observer.state).toBe('joined')
  })

  /** Holds the store's write lock until it is killed. */
  async function lockStore(): Promise<ChildProcess> {
    const script = "import { DatabaseSync } from '@photostructure/sqlite'; globalThis.d = new DatabaseSync(process.argv[1]); setInterval(() => {}, 1000); d.exec('BEGIN IMMEDIATE'); console.log('locked')"
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script, joinPath(folder, 'store', 'store.db')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: new URL('../../database', import.meta.url).pathname,
    })
    children.push(holder)
    await once(holder.stdout, 'data')
    return holder
  }

  test('leaving a store that does not answer is given up after its time, and the entry goes with the session', async () => {
    const membership = await join({ backend, name: 'stuck' })
    const holder = await lockStore()
    await expect(membership.leave({ timeoutMs: 300 })).rejects.toMatchObject({ code: 'operation_timed_out', operation: 'leave', timeoutMs: 300 })
    expect(membership.state).toBe('left')
    holder.kill('SIGKILL')
    await listed(0)
  })

  test('a worker that cannot leave on its signal ends with status 1', async () => {
    const child = await worker("await join({ name: 'stuck', leaveOnSignal: true }); setInterval(() => {}, 1000); console.log('joined')")
    const holder = await lockStore()
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).toBe(1)
    holder.kill('SIGKILL')
    await listed(0)
  })
})
