import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

import { expect, test } from '@jest/globals'

import { lookAt, ownIdentity } from './process-identity.js'

const onLinux = process.platform === 'linux'
const testOnLinux = onLinux ? test : test.skip // elsewhere there is nothing to look at, and jest lists it as skipped

test('this process is seen alive, where processes can be seen', () => {
  expect(lookAt(ownIdentity)).toBe(onLinux ? 'alive' : 'unknown')
})

test('a pid that belongs to another process by now is dead', () => {
  expect(lookAt({ ...ownIdentity, startTime: '1' })).toBe(onLinux ? 'dead' : 'unknown')
})

test('a process of another boot or another pid namespace is out of sight', () => {
  expect(lookAt({ ...ownIdentity, bootId: 'other' })).toBe('unknown')
  expect(lookAt({ ...ownIdentity, pidNamespace: 'pid:[1]' })).toBe('unknown')
})

testOnLinux('a process that has ended but was not waited for is dead', async () => {
  // The shell starts a child, tells its pid, and is replaced by a program that never waits for it.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [output] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(output.toString())
    const stat = (): string => readFileSync(`/proc/${pid}/stat`, 'latin1')
    const startTime = stat().slice(stat().lastIndexOf(')') + 2).split(' ')[19] ?? ''
    expect(lookAt({ ...ownIdentity, pid, startTime })).toBe('alive')
    while (!/\) Z /.test(stat())) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(lookAt({ ...ownIdentity, pid, startTime })).toBe('dead')
  } finally {
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  }
})
