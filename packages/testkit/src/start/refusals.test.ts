import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from '@jest/globals'

import type { Exit } from '../spawn-node.js'
import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { rootFolder, startDemo } from './demo-process.js'

const failed: Exit = { code: 1, signal: null }

test('a busy port is told in one sentence, with what to type instead', async () => {
  await using folder = await temporaryFolder()
  const server = createServer().listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await using demo = startDemo(folder.path, '--port', String(port))
    expect(await demo.ended()).toEqual(failed)
    expect(demo.stderr).toBe(`Port ${port} is in use. Try npm start -- --port 9000 (or SVC_PORT=9000).\n`)
    expect(demo.stdout).toBe('')
    expect(() => demo.signalGroup('SIGCONT')).toThrow('ESRCH') // no process of it is left
  } finally {
    server.close()
  }
}, 20_000)

test('words that it does not know start nothing', async () => {
  await using folder = await temporaryFolder()
  await using demo = startDemo(folder.path, '--prot', '9000')
  expect(await demo.ended()).toEqual({ code: 64, signal: null })
  expect(demo.stderr).toMatch(/^Unknown option '--prot'.*\nUsage: npm start/)
}, 20_000)

/** Runs the check of every script, as it would run on another Node. */
async function checkNode(version: string): Promise<Exit & { stderr: string }> {
  const check = `import('./scripts/workspace.js').then(({ requireNode }) => requireNode('${version}'))`
  await using run = spawnNode('--eval', [`process.chdir(${JSON.stringify(rootFolder)}); ${check}`])
  return { ...(await run.exited), stderr: run.stderr }
}

test('a Node that is too old is told which one is needed', async () => {
  const sentence = (version: string): string => `Muster needs Node 20.19 or newer; this is Node ${version}. Install a newer one from https://nodejs.org\n`
  expect(await checkNode('18.20.8')).toEqual({ ...failed, stderr: sentence('18.20.8') })
  expect(await checkNode('20.18.3')).toEqual({ ...failed, stderr: sentence('20.18.3') })
  expect(await checkNode('20.19.0')).toEqual({ code: 0, signal: null, stderr: '' })
})
