import { mkdir, readFile, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { pack, root, runIn } from './npm.js'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const read = async <T>(...path: string[]): Promise<T> => JSON.parse(await readFile(join(...path), 'utf8')) as T

const names = ['api', 'cli', 'client', 'common', 'coordination', 'database', 'notifications', 'provisioning', 'servicegroup', 'zookeeper']
let folder: TemporaryFolder
let tarballs: ReadonlyMap<string, string>

beforeAll(async () => {
  folder = await temporaryFolder()
  tarballs = await pack(folder.path)
}, 60_000)
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

const unpack = async (name: string): Promise<{ path: string; files: string[] }> => {
  const path = join(folder.path, name)
  await mkdir(path)
  await runIn(path, 'tar', ['-xzf', tarballs.get(name) ?? '', '--strip-components=1'])
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return { path, files: entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1)) }
}

test('npm gets every package but those for tests and benchmarks', () => {
  expect([...tarballs.keys()].sort()).toEqual(names)
})

test('a package that is not there is refused before anything is packed', async () => {
  const refused = runIn(root, process.execPath, [join(root, 'scripts', 'pack.js'), join(folder.path, 'none'), 'testkit'])
  await expect(refused).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining('testkit') })
  await expect(readdir(join(folder.path, 'none'))).rejects.toThrow('ENOENT')
})

describe.each(names)('the tarball of %s', (name) => {
  test('holds what runs, its types, README and LICENSE; no tests and nothing of the build', async () => {
    const { path, files } = await unpack(name)
    expect(files.filter((file) => /\.test\.|^dist\/test\/|tsbuildinfo$|^src\//.test(file))).toEqual([])
    expect(files.filter((file) => !/^(package\.json|README\.md|LICENSE|bin\/(svc\.js|package\.json)|(examples|samples)\/.*|dist\/.*\.(js|cjs|d\.ts|js\.map|cjs\.map))$/.test(file))).toEqual([])
    expect(await readFile(join(path, 'LICENSE'), 'utf8')).toBe(await readFile(join(root, 'LICENSE'), 'utf8'))
    expect((await readFile(join(path, 'README.md'), 'utf8')).startsWith(`# @muster/${name}\n`)).toBe(true)
    for (const file of files.filter((entry) => entry.endsWith('.map'))) {
      const { sources, sourcesContent = [] } = await read<{ sources: string[]; sourcesContent?: unknown[] }>(path, file)
      const without = sources.filter((source, index) => !source.includes('/node_modules/') && typeof sourcesContent[index] !== 'string')
      expect({ file, without }).toEqual({ file, without: [] })
    }
  })

  test('says right what it exports, to Node and to TypeScript', async () => {
    const file = await readFile(tarballs.get(name) ?? '')
    const { messages, pkg } = await publint({ pack: { tarball: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  test('needs the other packages in exactly its own version', async () => {
    const manifest = await read<Manifest>(root, 'packages', name, 'package.json')
    const { version } = await read<{ version: string }>(root, 'lerna.json')
    const own = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(([needed]) => needed.startsWith('@muster/'))
    expect(manifest).toMatchObject({ name: `@muster/${name}`, version, license: 'Apache-2.0' })
    expect(own.filter(([, range]) => range !== version)).toEqual([])
    expect(Object.values(manifest.dependencies ?? {}).filter((range) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([])
    expect(basename(tarballs.get(name) ?? '')).toBe(`muster-${name}-${version}.tgz`)
  })
})
