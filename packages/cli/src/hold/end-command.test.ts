import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { expect, test } from '@jest/globals'

import type { RunningCommand } from '../run/start-command.js'
import { endCommand } from './end-command.js'
import { descendantsOf, isRunning } from './process-tree.js'
import type { FoundProcess } from './process-tree.js'

const onLinux = process.platform === 'linux' ? test : test.skip

/** A real process tree; resolves when it has said that it is ready. */
async function start(script: string): Promise<{ command: RunningCommand; below: FoundProcess[] }> {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit').then(([code]) => code as number)
  const { pid } = child
  if (pid === undefined) throw new Error('it did not start')
  await once(createInterface(child.stdout), 'line')
  const command = {
    pid,
    ended,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null
    },
    stdout: null,
    signal: (name: NodeJS.Signals) => void child.kill(name),
    release: () => {},
  }
  return { command, below: descendantsOf(pid) }
}

async function end(command: RunningCommand, graceMs: number): Promise<{ tookMs: number; wasKilled: boolean }> {
  const begunAt = performance.now()
  let wasKilled = false
  await endCommand(command, graceMs, () => (wasKilled = true))
  return { tookMs: performance.now() - begunAt, wasKilled }
}

onLinux('a shell and all that it has started end at TERM, grandchildren too', async () => {
  const { command, below } = await start(`sh -c 'sleep 60 & sleep 60 & wait' & sleep 60 & sleep 0.1; echo ready; wait`)
  expect(below).toHaveLength(4)
  const { tookMs, wasKilled } = await end(command, 20_000)
  expect([command.hasEnded, wasKilled, below.filter(isRunning)]).toEqual([true, false, []])
  expect(tookMs).toBeLessThan(5000)
})

onLinux('those that ignore TERM are killed when the grace is over, however deep, and when the command itself has gone at TERM', async () => {
  const { command, below } = await start(`sh -c 'trap "" TERM; sh -c "while :; do sleep 0.05; done" & while :; do sleep 0.05; done' & sleep 0.1; echo ready; wait`)
  expect(below.length).toBeGreaterThanOrEqual(2)
  const { tookMs, wasKilled } = await end(command, 300)
  expect([command.hasEnded, wasKilled, below.filter(isRunning)]).toEqual([true, true, []])
  expect(tookMs).toBeGreaterThanOrEqual(300)
})

onLinux('a process that is stopped is ended as well', async () => {
  const { command, below } = await start(`sleep 60 & kill -STOP $!; echo ready; wait`)
  const { wasKilled } = await end(command, 200)
  expect([command.hasEnded, wasKilled, below.filter(isRunning)]).toEqual([true, true, []])
})

test('a command that has ended is nothing to wait for', async () => {
  const { command } = await start('echo ready')
  await command.ended
  expect(await end(command, 20_000)).toMatchObject({ wasKilled: false })
})
