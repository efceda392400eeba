import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { startZooKeeper } from '../zookeeper/server.js'
import { installedPackages, installInto, pack, runIn } from './npm.js'

/** Joins on a backend and prints the workers there, or how the backend is refused. */
const worker = `
import { join, openServiceGroup } from '@muster/servicegroup'
const [, , backend] = process.argv
try {
  const membership = await join({ backend, group: 'vitrage', name: 'indexer worker(0)', hostname: 'controller-1' })
  const services = await openServiceGroup(backend)
  const workers = await services.workers({ group: 'vitrage' })
  console.log(JSON.stringify(workers.map(({ name, hostname }) => ({ name, hostname }))))
  await membership.leave()
  await services.close()
} catch ({ code, hint }) {
  console.log(JSON.stringify({ code, hint }))
}
`

let project: TemporaryFolder

/** An empty folder with what a worker on ZooKeeper needs, from tarballs. */
beforeAll(async () => {
  project = await temporaryFolder()
  await using packed = await temporaryFolder()
  await installInto(project.path, (await pack(packed.path, ['common', 'coordination', 'servicegroup', 'zookeeper'])).values())
  await writeFile(join(project.path, 'worker.js'), worker)
}, 120_000)
afterAll(async () => {
  await project[Symbol.asyncDispose]()
})

const runWorker = async (backend: string): Promise<unknown> => JSON.parse((await runIn(project.path, process.execPath, ['worker.js', backend])).stdout)

test('a worker on ZooKeeper installs no SQL, HTTP or command-line library', async () => {
  const own = ['@muster/common', '@muster/coordination', '@muster/servicegroup', '@muster/zookeeper']
  const others = ['@msgpack/msgpack', 'async', 'fastest-levenshtein', 'node-zookeeper-client', 'underscore']
  expect(await installedPackages(project.path)).toEqual([...own, ...others].sort())
}, 60_000)

test('it joins and lists on a ZooKeeper with what it has', async () => {
  await using server = await startZooKeeper()
  expect(await runWorker(`zookeeper://${server.endpoint}`)).toEqual([{ name: 'indexer worker(0)', hostname: 'controller-1' }])
}, 60_000)

test('on a backend whose package is missing it is told what to install', async () => {
  expect(await runWorker(`embedded:${project.path}/store`)).toEqual({ code: 'not_supported', hint: 'npm install @muster/database' })
  await rm(join(project.path, 'node_modules', '@muster', 'zookeeper'), { recursive: true })
  expect(await runWorker('zookeeper://127.0.0.1:1')).toEqual({ code: 'not_supported', hint: 'npm install @muster/zookeeper' })
}, 60_000)
