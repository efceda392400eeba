import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { validate } from 'dockerfile-utils'

import { eventually } from '../eventually.js'
import { svcFile } from '../interop/commands.js'
import { blocks } from '../readme/blocks.js'
import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { readDockerfile } from './dockerfile.js'

const examples = blocks.filter(({ tag }) => tag === 'dockerfile')
let folder: TemporaryFolder

beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

test('the READMEs show an image of a worker', () => {
  expect(examples.length).toBeGreaterThan(0)
})

test.each(examples)('$name: nothing that a linter warns of, and its entry point lists the command under HOST_HOSTNAME', async ({ text }) => {
  expect(validate(text)).toEqual([])
  const entry = readDockerfile(text).at(-1)?.steps.find(({ keyword }) => keyword === 'ENTRYPOINT')
  const [init, dashes, svc, ...words] = JSON.parse(entry?.text ?? '[]') as string[]
  expect([init, dashes, svc]).toEqual(['tini', '--', 'node_modules/.bin/svc'])

  const backend = `embedded:${folder.path}/store`
  const env = { SVC_BACKEND: backend, SVC_HOSTNAME: undefined, HOST_HOSTNAME: 'controller-1' }
  await using worker = spawnNode(svcFile, [...words, 'sleep', '60'], { env })
  const services = await openServiceGroup(backend)
  try {
    await eventually(async () => expect(await services.workers()).toEqual([expect.objectContaining({ hostname: 'controller-1', group: 'vitrage' })]))
    worker.signal('SIGTERM')
    await worker.exited
  } finally {
    await services.close()
  }
}, 60_000)
