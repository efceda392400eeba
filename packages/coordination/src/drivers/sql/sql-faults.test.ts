import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { ConnectionState, Session } from '../../contract.js'
import { openSession } from '../../open-session.js'

let folder: string
let session: Session
let children: ChildProcess[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-faults-'))
  session = await openSession(`embedded:${folder}?timeout=3s`)
  children = []
})

afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  await session.close()
  rmSync(folder, { recursive: true, force: true })
})

const at = { collection: 'things', key: 'mine' }
const data = Buffer.from('{}')

/** Reads states up to the wanted one and leaves the iterator open for more. */
async function until(states: AsyncIterator<ConnectionState>, wanted: ConnectionState['state']): Promise<ConnectionState> {
  for (;;) {
    const { value, done } = (await states.next()) as IteratorResult<ConnectionState, undefined>
    if (done) throw new Error(`never ${wanted}`)
    if (value.state === wanted) return value
  }
}

function script(source: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, ...args], { stdio: ['ignore', 'pipe', 'inherit'], cwd: new URL('../../..', import.meta.url).pathname })
  children.push(child)
  return child
}

describe('a process that was stopped inside its write', () => {
  const lockAndWait = `
    import { Sqlite } from '@muster/database'
    const database = await Sqlite.open({ file: process.argv[1], create: false, migrations: [''] }, { timeoutMs: 1000 })
    await database.write(() => { process.stdout.write('inside'); process.kill(process.pid, 'SIGSTOP') }, { timeoutMs: 1000 })
    process.exit(0)`

  test('suspends the others, who name it; they go on in the same session when it does', async () => {
    await session.commit([{ op: 'create', at, data, ephemeral: true }])
    const states = session.states()[Symbol.asyncIterator]()
    const stopped = script(lockAndWait, join(folder, 'store.db'))
    const { reason } = await until(states, 'suspended')
    if (process.platform === 'linux') expect(reason).toContain(`process ${stopped.pid} has kept it locked`)
    expect(await session.list('things')).toMatchObject({ entries: [{ key: 'mine' }] }) // reading needs no lock
    stopped.kill('SIGCONT')
    expect(await until(states, 'connected')).toMatchObject({ epoch: 1 })
    expect(await session.read(at)).toMatchObject({ key: 'mine' })
  })

  test('costs the others their sessions when it stays stopped for longer than the timeout; killing it brings them back', async () => {
    await session.commit([{ op: 'create', at, data, ephemeral: true }])
    const states = session.states()[Symbol.asyncIterator]()
    const stopped = script(lockAndWait, join(folder, 'store.db'))
    await until(states, 'lost')
    expect(session.trustedUntil()).toBe(0)
    await expect(session.commit([{ op: 'create', at: { ...at, key: 'late' }, data, ephemeral: true }])).rejects.toMatchObject({ code: 'session_lost' })
    stopped.kill('SIGKILL')
    expect(await until(states, 'connected')).toMatchObject({ epoch: 2 })
    expect(await session.list('things')).toMatchObject({ entries: [] })
    await session.commit([{ op: 'create', at, data, ephemeral: true }])
  })

  test('who was away for longer than the lease is lost by the clock, also while other writes of its own wait for the store', async () => {
    const brief = await openSession(`embedded:${folder}?timeout=1s`)
    await brief.commit([{ op: 'create', at, data, ephemeral: true }])
    const states = brief.states()[Symbol.asyncIterator]()
    const [output] = (await once(script(lockAndWait, join(folder, 'store.db')).stdout as Readable, 'data')) as [Buffer]
    expect(output.toString()).toBe('inside')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200) // as a stopped process is away
    let isAnswered = false
    const write = brief.commit([{ op: 'create', at: { ...at, key: 'other' }, data }]).catch((error: unknown) => ((isAnswered = true), error))
    await until(states, 'lost')
    expect(isAnswered).toBe(false)
    expect(await write).toMatchObject({ code: 'backend_unreachable' })
    children[0]?.kill('SIGKILL')
    await until(states, 'connected')
    await brief.close()
  })

  test('lets no list show a dead member: lists fail, each with the reason, and a watch that is begun waits', async () => {
    const member = script(`
      import { openSession } from '@muster/coordination/internal'
      const session = await openSession('embedded:' + process.argv[1])
      await session.commit([{ op: 'create', at: { collection: 'things', key: 'dead' }, data: Buffer.from('{}'), ephemeral: true }])
      process.stdout.write('in')
      setInterval(() => {}, 1000)`, folder)
    await once(member.stdout as Readable, 'data')
    member.kill('SIGKILL')
    await once(member, 'exit')
    const stopped = script(lockAndWait, join(folder, 'store.db'))
    await once(stopped.stdout as Readable, 'data')
    const reader = await openSession(`embedded:${folder}?timeout=1s`)
    const watch = reader.watch('things')[Symbol.asyncIterator]()
    const first = watch.next()
    for (const outcome of await Promise.allSettled([reader.list('things'), reader.list('things')])) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'backend_unreachable' } })
    stopped.kill('SIGCONT')
    expect(await first).toMatchObject({ value: { reset: true, synced: true, changes: [] } })
    await watch.return?.()
    await reader.close()
  })
})

// A private mount of a tiny file system, so that the disk is really full.
const onTinyDisk = ['-rm', 'sh', '-c', 'mkdir -p "$0" && mount -t tmpfs -o size=400k muster "$0" && exec "$@"']
const canMount = spawnSync('unshare', [...onTinyDisk, join(tmpdir(), 'muster-can-mount'), 'true']).status === 0
const testOnTinyDisk = canMount ? test : test.skip // jest lists it as skipped where there are no private mounts (other systems than Linux)

testOnTinyDisk('a full disk refuses a write in plain words, keeps what is stored, and takes writes again when there is space', async () => {
  const source = `
    import { openSession } from '@muster/coordination/internal'
    import { rmSync, writeFileSync } from 'node:fs'
    const folder = process.argv[1]
    const create = (key) => session.commit([{ op: 'create', at: { collection: 'things', key: String(key) }, data: Buffer.alloc(20_000, 1) }])
    const keys = async () => (await other.list('things')).entries.map(({ key }) => key).sort()
    const [session, other] = [await openSession('embedded:' + folder + '/store'), await openSession('embedded:' + folder + '/store')]
    writeFileSync(folder + '/ballast', Buffer.alloc(100_000))
    const stored = []
    let refusal
    for (let key = 0; refusal === undefined; key += 1) {
      try { await create(key); stored.push(String(key)) } catch (error) { refusal = { code: error.code, message: error.message } }
    }
    const seen = await keys()
    rmSync(folder + '/ballast')
    await create('after')
    console.log(JSON.stringify({ refusal, stored: stored.sort(), seen, after: await keys() }))
    process.exit(0)`
  const disk = join(folder, 'disk')
  const child = spawn('unshare', [...onTinyDisk, disk, process.execPath, '--input-type=module', '-e', source, disk], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: new URL('../../..', import.meta.url).pathname,
  })
  children.push(child)
  const [output] = (await once(child.stdout, 'data')) as [Buffer]
  const result = JSON.parse(output.toString()) as { stored: string[]; seen: string[]; after: string[]; refusal: unknown }
  expect(result.refusal).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('the disk is full') })
  expect(result.stored.length).toBeGreaterThan(0)
  expect(result.seen).toEqual(result.stored)
  expect(result.after).toEqual([...result.stored, 'after'])
})
