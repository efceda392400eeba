import { describe, expect, test } from '@jest/globals'
import { join, openServiceGroup } from '@muster/servicegroup'

import { temporaryFolder } from '../temporary-folder.js'
import { startServer, svc, vitrage, vitrageServiceList } from './commands.js'
import type { Result } from './commands.js'
import { ambiguousNames, asText, harmfulNames, printableNames, vitrageNames } from './names.js'

interface Listings {
  readonly stock: Result
  readonly ours: Result
  readonly withoutServer: Result
}

/** What the stock command and `svc list --classic` print with these options of workers with these names, through a server and without one. */
async function listBothWays(names: readonly string[], options: readonly string[], hostname = 'höst-日'): Promise<Listings> {
  await using folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  const serviceGroup = await openServiceGroup(backend)
  try {
    for (const [index, name] of names.entries()) {
      await serviceGroup.join({ group: 'vitrage', name, process: 23_000 + index * 41, hostname: index % 3 === 0 ? 'controller-1' : hostname })
    }
    await using server = await startServer(backend)
    const classic = ['list', '--classic', ...options]
    return {
      stock: await vitrageServiceList(server.url, ...options),
      ours: await svc(...classic, '--endpoint', server.url),
      withoutServer: await svc(...classic, '--backend', backend),
    }
  } finally {
    await serviceGroup.close()
  }
}

const parsed = ({ stdout }: Result): { Name: string }[] => JSON.parse(stdout) as { Name: string }[]

const done = { code: 0, stderr: '' }

describe('vitrage service list', () => {
  test.each([
    ['the eleven workers of Vitrage', vitrageNames],
    ['odd names, from brackets to wide characters and 4096 letters', printableNames],
    ['no workers', []],
  ])('%s: the table is the one of svc list --classic, byte for byte', async (_, names) => {
    const { stock, ours, withoutServer } = await listBothWays(names, [])
    expect(stock).toEqual({ ...done, stdout: ours.stdout })
    expect(withoutServer).toEqual(ours)
    expect(stock.stdout.split('\n')).toHaveLength(names.length === 0 ? 2 : names.length + 5)
  })

  test('names whose width programs count differently: the tables differ in padding alone', async () => {
    const { stock, ours } = await listBothWays([...ambiguousNames, ...vitrageNames], [])
    const withoutPadding = (table: string): string => table.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-')
    expect(withoutPadding(stock.stdout)).toBe(withoutPadding(ours.stdout))
  })

  test('-f json of all odd names is byte for byte that of svc list --classic', async () => {
    const names = [...vitrageNames, ...printableNames, ...ambiguousNames, ...harmfulNames]
    const { stock, ours, withoutServer } = await listBothWays(names, ['-f', 'json'])
    expect(stock).toEqual({ ...done, stdout: ours.stdout })
    expect(withoutServer).toEqual(ours)
    expect(new Set(parsed(stock).map(({ Name }) => Name))).toEqual(new Set(names.map(asText)))
  })

  test.each([
    ['yaml', [...printableNames, ...ambiguousNames, ...harmfulNames], ['-f', 'yaml']],
    ['csv', [...printableNames, ...ambiguousNames, ...harmfulNames], ['-f', 'csv']],
    ['value', [...printableNames, ...ambiguousNames], ['-f', 'value']],
    ['a table of some columns, sorted and wrapped', vitrageNames, ['-c', 'Name', '-c', 'Created At', '--sort-column', 'Process Id', '--sort-descending', '--max-width', '48']],
    ['an empty table with its titles', [], ['--print-empty']],
  ])('%s: byte for byte that of svc list --classic', async (_, names, options) => {
    const { stock, ours, withoutServer } = await listBothWays(names, options)
    expect(stock).toEqual({ ...done, stdout: ours.stdout })
    expect(withoutServer).toEqual(ours)
  })

  test('asks in every way that needs no Keystone, and gets the same list', async () => {
    await using folder = await temporaryFolder()
    await using worker = await join({ backend: `embedded:${folder.path}`, group: 'vitrage', name: 'ApiWorker worker(0)' })
    await using server = await startServer(`embedded:${folder.path}`)
    const list = await vitrageServiceList(server.url)
    expect(list.stdout).toContain(`| ${worker.worker.name} |`)
    const noAuth = { OS_AUTH_TYPE: 'vitrage-noauth', VITRAGE_USER_ID: 'u', VITRAGE_PROJECT_ID: 'p', VITRAGE_ENDPOINT: server.url }
    expect(await vitrage(['service', 'list'], noAuth)).toEqual(list)
    expect(await vitrage(['--os-auth-type', 'none', '--endpoint', server.url, 'service', 'list'])).toEqual(list)
    expect(await vitrage(['--os-auth-type', 'admin_token', '--os-token', 'any', '--os-endpoint', server.url, 'service', 'list'])).toEqual(list)
  })
})
