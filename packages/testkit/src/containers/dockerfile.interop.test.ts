import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { validate } from 'dockerfile-utils'

import { freePort } from '../free-port.js'
import { root } from '../packaging/npm.js'
import { NodeProcess } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { buildLocally, environmentOf, runInside } from './build-locally.js'
import type { LocalImage } from './build-locally.js'
import { readDockerfile } from './dockerfile.js'

jest.setTimeout(60_000)

const text = await readFile(join(root, 'docker', 'Dockerfile'), 'utf8')
const stages = readDockerfile(text)
const last = stages.at(-1)
const words = (step: string | undefined): string[] => JSON.parse((step ?? '').replace(/^CMD\s+/, '')) as string[]

describe('the Dockerfile as it is written', () => {
  test('has nothing that its linter warns of', () => {
    expect(validate(text)).toEqual([])
    expect(validate('FROM node\nRNU npm ci\n')).not.toEqual([])
  })

  test('stands on one exact release of Node in all stages', () => {
    expect(new Set(stages.map(({ image }) => image)).size).toBe(1)
    expect(last?.image).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/)
  })

  test('says in its labels what it is, and has the version of the packages', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'lerna.json'), 'utf8')) as { version: string }
    const values = Object.assign({}, ...(last?.steps ?? []).map((step) => step.values)) as Record<string, string>
    expect(values).toMatchObject({ 'VERSION': version, 'org.opencontainers.image.version': '${VERSION}', 'org.opencontainers.image.licenses': 'Apache-2.0' })
  })

  test('runs svc under tini as a user that is not root, whose folder is the volume', () => {
    const step = (keyword: string): string | undefined => last?.steps.findLast((one) => one.keyword === keyword)?.text
    expect(words(step('ENTRYPOINT'))).toEqual(['tini', '--', 'svc'])
    expect(step('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(step('VOLUME')).toBe('/var/lib/muster')
    expect(last?.steps.filter(({ keyword }) => keyword === 'RUN').map((run) => run.text)).toEqual([
      expect.stringMatching(/apt-get install --yes --no-install-recommends tini .*rm -rf \/var\/lib\/apt\/lists.*install --directory --owner=node --group=node --mode=700 \/var\/lib\/muster$/s),
    ])
  })
})

describe('the image made by its steps', () => {
  let folder: TemporaryFolder
  let image: LocalImage

  beforeAll(async () => {
    folder = await temporaryFolder()
    image = await buildLocally(stages, root, folder.path)
  }, 600_000)
  afterAll(async () => {
    await folder[Symbol.asyncDispose]()
  })

  test('holds the packages as npm has them, and nothing that only builds or tests', async () => {
    expect((await readdir(join(image.root, 'app', 'packages'))).sort()).toEqual(['api', 'cli', 'client', 'common', 'coordination', 'database', 'notifications', 'provisioning', 'servicegroup', 'zookeeper'])
    const files = await readdir(join(image.root, 'app'), { recursive: true })
    expect(files.filter((file) => /^packages\/[^/]+\/(src\/|test\/|dist\/.*\.test\.)|^node_modules\/(typescript|jest|eslint|testcontainers)\//.test(file))).toEqual([])
    expect(existsSync(join(image.root, 'app', 'node_modules', '@muster', 'cli', 'bin', 'svc.js'))).toBe(true)
  })

  test('lists, and keeps its data in the volume', async () => {
    const entry = words(image.last('ENTRYPOINT')).slice(2) // after tini
    expect(await runInside(image, [...entry, 'list'])).toEqual({ code: 0, stdout: '\n', stderr: 'svc: no workers\n' })
    expect(await runInside(image, [...entry, 'run', '--', 'true'])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await readdir(join(image.root, image.last('VOLUME') ?? ''))).toContain('store.db')
  })

  test('serves by itself, is healthy while it does, and ends in good order on TERM', async () => {
    const port = String(await freePort())
    const [command = '', ...args] = [...words(image.last('ENTRYPOINT')).slice(2), ...words(image.last('CMD'))]
    const health = words(image.last('HEALTHCHECK'))
    const env = { ...environmentOf(image), SVC_PORT: port }
    expect(await runInside(image, health, { SVC_PORT: port })).toMatchObject({ code: 1 })
    await using server = new NodeProcess(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
    await server.line(/^listening on http:\/\/127\.0\.0\.1:/, { timeoutMs: 30_000 })
    expect(await runInside(image, health, { SVC_PORT: port })).toEqual({ code: 0, stdout: '', stderr: '' })
    server.signal('SIGTERM')
    expect(await server.exited).toEqual({ code: 0, signal: null })
  })

  test('refuses to serve beyond loopback, as everywhere', async () => {
    const { code, stderr } = await runInside(image, ['svc', 'serve'], { SVC_HOST: '0.0.0.0', SVC_PORT: '0' })
    expect(code).toBe(4)
    expect(stderr).toContain("Refusing to listen on '0.0.0.0'")
  })
})
