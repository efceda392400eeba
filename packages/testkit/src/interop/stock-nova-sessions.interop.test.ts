import { readFile } from 'node:fs/promises'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'

import { temporaryFolder } from '../temporary-folder.js'
import { nova, openstack, startServer } from './commands.js'
import { startRecordingProxy } from './recording-proxy.js'

const file = new URL('../../src/interop/stock-nova-sessions.txt', import.meta.url)

/** The text with a name for what is another in each run, or the same in each command; tables without the width that it gives them. */
function mask(text: string, names: ReadonlyMap<string, string>): string {
  const named = [...names].reduce((rest, [value, name]) => rest.replaceAll(value, `{${name}}`), text)
  return named
    .replaceAll(/\{"version":\{"id":"v2\.1",.*\}\}/g, '{version document}')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000/g, '{time}')
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '{request}')
    .replaceAll(/ +\|/g, ' |')
    .replaceAll(/\| +/g, '| ')
    .replaceAll(/-{3,}/g, '---')
}

/** Runs the commands of the file, each on a line with `$`; resolves with what the file should be. */
async function replay(sessions: string): Promise<string> {
  await using folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  const serviceGroup = await openServiceGroup(backend)
  try {
    await serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: 'host1' })
    await serviceGroup.join({ group: 'nova', name: 'nova-scheduler', hostname: 'ctl', zone: 'internal' })
    await (await serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: 'gone' })).leave()
    const { services } = await serviceGroup.getMany()
    await using server = await startServer(backend)
    await using proxy = await startRecordingProxy(Number(new URL(server.url).port))
    const names = new Map(services.flatMap(({ host, uuid }): [string, string][] => [[uuid, `uuid.${host}`], [String(parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)), `id.${host}`]])).set(proxy.url, 'url')
    const uuidOf = (text: string): string => [...names].reduce((rest, [value, name]) => rest.replaceAll(`{${name}}`, value), text)
    const blocks: string[] = []
    for (const block of sessions.trimEnd().split('\n\n')) {
      const comments = block.split('\n').filter((line) => line.startsWith('#'))
      const [command] = block.split('\n').filter((line) => line.startsWith('$'))
      if (command === undefined) {
        blocks.push(block)
        continue
      }
      const [program, version, ...words] = uuidOf(command.slice(2)).split(' ')
      const { code, stdout, stderr } = await (program === 'nova' ? nova : openstack)({ endpoint: proxy.url, version }, ...words)
      const exchanges = proxy.take()
      const printed = `${stderr}${stdout}`.trimEnd()
      blocks.push([...comments, command, ...[...exchanges, ...(printed === '' ? [] : printed.split('\n')), `exit ${code}`].map((line) => mask(line, names))].join('\n'))
    }
    return `${blocks.join('\n\n')}\n`
  } finally {
    await serviceGroup.close()
  }
}

test('the stock clients of Nova ask, are answered and print what is written down in stock-nova-sessions.txt', async () => {
  const sessions = await readFile(file, 'utf8')
  expect(await replay(sessions)).toBe(sessions)
}, 240_000)
