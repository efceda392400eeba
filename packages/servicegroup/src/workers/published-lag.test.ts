import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { openServiceGroup } from '../open.js'
import { lagToTell } from './published-lag.js'
import type { ServiceGroup } from '../service-group.js'
import type { WorkerChange } from './worker.js'

test.each([
  ['a free loop tells nothing', 0, 12, 0],
  ['what is short of a second is nothing', 0, 999, 0],
  ['a second is told, in tenths', 0, 1049, 1000],
  ['a little more or less than was told is no news', 2000, 3900, 2000],
  ['nor is it downwards', 2000, 1100, 2000],
  ['twice as much is', 2000, 4000, 4000],
  ['half as much is', 4200, 2100, 2100],
  ['its end is', 1000, 999, 0],
])('%s: told %d, measured %d', (_, told, measured, next) => {
  expect(lagToTell(told, measured)).toBe(next)
})

describe('a worker whose event loop is blocked', () => {
  let folder: string
  let backend: string
  let group: ServiceGroup
  const children: ChildProcess[] = []

  beforeEach(async () => {
    folder = mkdtempSync(joinPath(tmpdir(), 'muster-servicegroup-'))
    backend = `embedded:${folder}/store`
    group = await openServiceGroup(backend)
  })

  afterEach(async () => {
    await group.close()
    for (const child of children.splice(0)) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  })

  const block = 'const block = (ms) => { const end = performance.now() + ms; while (performance.now() < end); }'

  /** A real process that runs `body` with `join` and `block(ms)` at hand. */
  function start(body: string, timeout: string): void {
    const script = `import { join } from ${JSON.stringify(new URL('../index.js', import.meta.url).href)}\n${block}\n${body}\nsetInterval(() => {}, 1000)`
    const env = { ...process.env, SVC_BACKEND: `${backend}?timeout=${timeout}` }
    children.push(spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'], env }))
  }

  /** What is told until `enough` holds of it: of each change its type, name, lag and incarnation. */
  async function toldUntil(enough: (told: readonly unknown[][]) => boolean): Promise<unknown[][]> {
    const told: unknown[][] = []
    const inTime = AbortSignal.timeout(40_000)
    const row = (change: WorkerChange) => (change.type === 'left' ? change.before : change.worker)
    for await (const changes of group.watchWorkers({}, { signal: inTime })) {
      told.push(...changes.map((change) => [change.type, row(change).name, row(change).lagMs, row(change).incarnation]))
      if (enough(told)) return told
    }
    throw new Error(`Only this was told: ${JSON.stringify(told)}`)
  }

  test('is told once while it is, and once when it is over; a short block, another process and a worker that does not want it tell nothing', async () => {
    start(
      `await join({ name: 'busy' })
      await join({ name: 'quiet', publishLag: false })
      await join({ name: 'sidecar', process: process.ppid })
      block(500)
      setTimeout(() => block(2000), 3500)`,
      '10s',
    )
    const told = await toldUntil((soFar) => soFar.filter(([type]) => type === 'updated').length === 2)
    const lag = told.find(([type]) => type === 'updated')?.[2]
    expect(told.slice(0, 3)).toEqual(['busy', 'quiet', 'sidecar'].map((name) => ['joined', name, undefined, 1]))
    expect(told.slice(3)).toEqual([
      ['updated', 'busy', lag, 1],
      ['updated', 'busy', undefined, 1],
    ])
    expect(lag).toBeGreaterThanOrEqual(1700)
  }, 60_000)

  test('for longer than its session comes back by itself and says why', async () => {
    start(`await join({ name: 'hung' }); setTimeout(() => block(4000), 500)`, '1s')
    await group.join({ name: 'observer', group: 'elsewhere' }) // takes part in sweeping
    const told = await toldUntil((soFar) => soFar.some(([, name, lag]) => name === 'hung' && lag !== undefined))
    const [, , lag, incarnation] = told.at(-1) ?? []
    expect(told.filter(([, name]) => name === 'hung').map(([type]) => type).slice(0, 3)).toEqual(['joined', 'left', 'joined'])
    expect(incarnation).toBe(2)
    expect(lag).toBeGreaterThanOrEqual(3700)
  }, 60_000)
})
