import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'

import { spawnNode } from './spawn-node.js'
import { temporaryFolder } from './temporary-folder.js'

async function program(folder: string, text: string): Promise<string> {
  const file = join(folder, 'program.mjs')
  await writeFile(file, text)
  return file
}

test('a line is found whether it was written before or comes later, and the exit is told', async () => {
  await using folder = await temporaryFolder()
  const file = await program(folder.path, 'process.on("SIGTERM", () => { console.log("bye"); process.exit(3) }); console.log("port 1234"); setInterval(() => {}, 1000)')
  await using child = spawnNode(file)
  expect((await child.line(/^port (\d+)$/))[1]).toBe('1234')
  expect((await child.line(/^port/))[0]).toBe('port')
  const bye = child.line(/^bye$/)
  child.signal('SIGTERM')
  await bye
  expect(await child.exited).toEqual({ code: 3, signal: null })
})

test('waiting for a line of a process that ends without it rejects with what it wrote', async () => {
  await using folder = await temporaryFolder()
  await using child = spawnNode(await program(folder.path, 'console.error("no such luck")'))
  await expect(child.line(/^ready$/)).rejects.toThrow('no such luck')
})

test('arguments and environment reach the process', async () => {
  await using folder = await temporaryFolder()
  await using child = spawnNode(await program(folder.path, 'console.log(process.argv[2], process.env.GIVEN, process.env.HOME)'), ['argument'], {
    env: { GIVEN: 'environment', HOME: undefined },
  })
  await child.line(/^argument environment undefined$/)
})

test('a stopped process is gone at the end of its scope', async () => {
  await using folder = await temporaryFolder()
  const file = await program(folder.path, 'console.log("up"); setInterval(() => {}, 1000)')
  let pid = 0
  {
    await using child = spawnNode(file)
    await child.line(/^up$/)
    pid = child.pid
    child.signal('SIGSTOP')
  }
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
