import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'

import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { installInto, pack, root, runIn } from './npm.js'
import type { Output } from './npm.js'

let folder: TemporaryFolder

jest.setTimeout(60_000) // a test starts several processes

/** An empty folder outside of the workspace, with all packages installed from their tarballs. */
beforeAll(async () => {
  folder = await temporaryFolder()
  await using packed = await temporaryFolder()
  await installInto(folder.path, (await pack(packed.path)).values())
}, 120_000)
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

const svc = (...words: string[]): Promise<Output> => runIn(folder.path, 'npx', ['--no', 'svc', ...words], { XDG_STATE_HOME: folder.path })

/** Runs as a module of the project, which may import what is installed there. */
async function program(name: string, text: string): Promise<Output> {
  await writeFile(join(folder.path, name), text)
  return await runIn(folder.path, process.execPath, [name], { XDG_STATE_HOME: folder.path })
}

test('svc list runs from packages installed into an empty folder', async () => {
  expect(await svc('list')).toEqual({ stdout: '\n', stderr: 'svc: no workers\n' })
  const { stdout } = await svc('run', '--name', 'indexer', '--', process.execPath, join(folder.path, 'node_modules', '@muster', 'cli', 'bin', 'svc.js'), 'list', '-f', 'json')
  expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ Name: 'indexer' })])
  expect((await svc('--version')).stdout).toMatch(/^(svc )?\d+\.\d+\.\d+\n$/)
})

test('svc serve runs there, and svc lists what it answers', async () => {
  const bin = join(folder.path, 'node_modules', '.bin', 'svc')
  await using server = spawnNode(bin, ['serve', '--port', '0'], { env: { XDG_STATE_HOME: folder.path, NODE_OPTIONS: undefined, SVC_BACKEND: undefined } })
  const [, url = ''] = await server.line(/^listening on (\S+)$/)
  expect(await svc('list', '--endpoint', url)).toEqual({ stdout: '\n', stderr: 'svc: no workers\n' })
})

test('a worker joins there, and is listed', async () => {
  const { stdout } = await program(
    'worker.js',
    `import { join, openServiceGroup } from '@muster/servicegroup'
     const membership = await join({ group: 'vitrage', name: 'indexer' })
     const services = await openServiceGroup()
     console.log((await services.workers()).map(({ name }) => name).join())
     await membership.leave()
     await services.close()`,
  )
  expect(stdout).toBe('indexer\n')
})

test('each package is imported, and its types are whole for a strict program that checks its libraries too', async () => {
  const entries = ['api', 'cli', 'client', 'common', 'coordination', 'coordination/internal', 'database', 'servicegroup', 'zookeeper']
  const text = `${entries.map((entry, index) => `import * as entry${index} from '@muster/${entry}'`).join('\n')}
    for (const entry of [${entries.map((_, index) => `entry${index}`).join()}]) if (Object.keys(entry).length === 0) throw new Error('exports nothing')
    export {}\n`
  await program('program.js', text)
  await writeFile(join(folder.path, 'program.ts'), text)
  const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--types', 'node']
  expect(await runIn(folder.path, process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...strict, 'program.ts'])).toEqual({ stdout: '', stderr: '' })
})
