import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'

import { Store } from './svc.js'

test('groups, names and hosts are those of the workers that are there, where the words typed so far look', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'vit rage', name: 'indexer worker(0)', hostname: 'h1' })
    await serviceGroup.join({ group: 'default', name: 'indexer worker(1)', hostname: 'h1' })
    const complete = async (...words: string[]): Promise<string> => (await store.svc(['complete', '--', ...words])).stdout
    expect(await complete('list', '--group', '')).toBe('default\t\nvit rage\t\n')
    expect(await complete('list', '--group', `'vit r`)).toBe('vit rage\t\n')
    expect(await complete('wait', '--name', 'indexer\\ worker\\(')).toBe('indexer worker(0)\t\nindexer worker(1)\t\n')
    expect(await complete('list', '--classic', '--hostname', '')).toBe('h1\t\n')
    expect(await complete('list', '--backend', `embedded:${store.folder}/other`, '--group', '')).toBe('')
  } finally {
    await serviceGroup.close()
  }
})

test('a server that does not answer costs the prompt less than a second, and not a word', async () => {
  await using store = await Store.create()
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  try {
    const asked = once(silent, 'request').then(() => performance.now())
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const ended = store.svc(['complete', '--', 'list', '--endpoint', endpoint, '--group', '']).then((result) => ({ result, at: performance.now() }))
    const [startedAt, { result, at }] = await Promise.all([asked, ended])
    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expect(at - startedAt).toBeLessThan(1000)
  } finally {
    silent.closeAllConnections()
    silent.close()
  }
})
