import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'

import { eventually } from '../eventually.js'
import { temporaryFolder } from '../temporary-folder.js'
import { openstack, startServer, vitrage } from './commands.js'

test('stock clients show a token as --os-token: with its role they may, without it they are told in their own forms', async () => {
  await using folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  const group = await openServiceGroup(backend)
  try {
    await group.join({ group: 'nova', name: 'nova-compute', hostname: 'host1' })
    const [reader, operator] = [(await group.createToken({ role: 'reader' })).token, (await group.createToken({ role: 'operator', name: 'ops' })).token]
    await using server = await startServer(backend)
    const list = (token: string): ReturnType<typeof vitrage> => vitrage(['--os-auth-type', 'admin_token', '--os-token', token, '--os-endpoint', server.url, 'service', 'list'])
    await eventually(async () => expect((await list('wrong')).code).not.toBe(0), { timeoutMs: 60_000 })
    expect(await list(reader)).toMatchObject({ code: 0, stdout: expect.stringContaining('nova-compute') })

    const as = (token: string, ...words: readonly string[]): ReturnType<typeof openstack> => openstack({ endpoint: server.url, token }, 'compute', 'service', ...words)
    expect(await as(reader, 'list', '-f', 'value', '-c', 'Host')).toMatchObject({ code: 0, stdout: 'host1\n' })
    expect(await as(reader, 'set', '--disable', 'host1', 'nova-compute')).toMatchObject({ code: 1 })
    expect(await as(operator, 'set', '--disable', '--disable-reason', 'disks', 'host1', 'nova-compute')).toMatchObject({ code: 0, stderr: '' })
    const { decisions, service } = await group.explain({ type: 'nova-compute', host: 'host1' })
    expect([service.status, decisions.status?.actor]).toEqual(['disabled', 'token ops'])
    const refused = await as(operator, 'delete', service.uuid)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('needs admin')])
  } finally {
    await group.close()
  }
}, 120_000)
