import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { makeTlsFiles, spawnNode, temporaryFolder } from '@muster/testkit'

test('a pinned address does not spare a certificate: it must be of the name in the URL, and of an authority that is trusted', async () => {
  await using folder = await temporaryFolder()
  const tls = await makeTlsFiles(folder.path)
  const pem = await readFile(tls.server)
  const hosts: (string | undefined)[] = []
  const server = createServer({ key: pem, cert: pem }, (request, response) => {
    hosts.push(request.headers.host)
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const backend = `embedded:${folder.path}`
  const group = await openServiceGroup(backend)
  try {
    const ids: string[] = []
    for (const name of ['localhost', 'other.example']) ids.push((await group.addWebhook({ url: `https://${name}:${port}/` })).id)
    const ask = async (authority: string | undefined): Promise<unknown[]> => {
      await using child = spawnNode(fileURLToPath(new URL('testing-process.js', import.meta.url)), [backend, ...ids], { env: { NODE_EXTRA_CA_CERTS: authority } })
      await child.exited
      return child.stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)
    }
    expect(await ask(tls.ca)).toMatchObject([{ told: true, status: 204 }, { told: false, status: null, error: expect.stringContaining('altnames') }])
    expect(await ask(undefined)).toMatchObject([{ told: false, error: expect.stringContaining('certificate') }, { told: false, error: expect.stringContaining('certificate') }])
    expect(hosts).toEqual([`localhost:${port}`])
  } finally {
    await group.close()
    const closed = once(server, 'close')
    server.close()
    await closed
  }
})
