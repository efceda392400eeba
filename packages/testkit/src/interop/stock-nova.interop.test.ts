import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { Service, ServiceGroup } from '@muster/servicegroup'

import { eventually } from '../eventually.js'
import { temporaryFolder } from '../temporary-folder.js'
import { nova, openstack, startServer } from './commands.js'
import type { NovaAccess, Result, Server } from './commands.js'

let folder: AsyncDisposable & { readonly path: string }
let serviceGroup: ServiceGroup
let server: Server

beforeAll(async () => {
  folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  serviceGroup = await openServiceGroup(backend)
  server = await startServer(backend)
}, 60_000)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await serviceGroup.close()
  await folder[Symbol.asyncDispose]()
})

const timeoutMs = 120_000

const access = (version?: string): NovaAccess => ({ endpoint: server.url, version })

async function register(type: string, host: string, zone?: string): Promise<Service> {
  await serviceGroup.join({ group: 'nova', name: type, hostname: host, zone })
  return known(type, host)
}

async function known(type: string, host: string): Promise<Service> {
  const { service } = await serviceGroup.getOne({ type, host })
  if (!service) throw new Error(`nobody knows ${type}@${host}`)
  return service
}

/** The service's uuid, or the number that stands for it. */
const idOf = ({ uuid }: Service, version: string): string => (Number(version.slice(2)) < 53 ? String(parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)) : uuid)

/** What the command printed; it must have ended well. */
function printed({ code, stdout, stderr }: Result): string {
  expect({ code, stderr: stderr.replace('nova CLI is deprecated and will be a removed in a future release\n', '') }).toEqual({ code: 0, stderr: '' })
  return stdout
}

const asJson = (result: Result): Record<string, unknown>[] => JSON.parse(printed(result)) as Record<string, unknown>[]

/** The rows of a table, without its frame. */
const rowsOf = (result: Result): string[][] =>
  printed(result)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

describe('openstack', () => {
  test.each(['2.1', '2.11', '2.52', '2.53', '2.92'])('%s: compute service list, set and delete', async (version) => {
    const host = `osc-${version}`
    const worker = await serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: host, zone: 'az1' })
    const service = await known('nova-compute', host)
    const list = async (...words: string[]): Promise<Record<string, unknown>[]> => asJson(await openstack(access(version), 'compute', 'service', 'list', '--host', host, '-f', 'json', ...words))
    const set = async (...words: string[]): Promise<string> => printed(await openstack(access(version), 'compute', 'service', 'set', ...words, host, 'nova-compute'))
    const id = Number(version.slice(2)) < 53 ? Number(idOf(service, version)) : service.uuid
    const row = { ID: id, Binary: 'nova-compute', Host: host, Zone: 'az1', Status: 'enabled', State: 'up', 'Updated At': null }
    await eventually(async () => expect(await list()).toEqual([row]), { timeoutMs: 60_000 })

    await set('--disable', '--disable-reason', 'new disks')
    const disabled = await known('nova-compute', host)
    expect(disabled).toMatchObject({ status: 'disabled', disabledReason: 'new disks' })
    const [long] = await list('--service', 'nova-compute', '--long')
    expect(long).toMatchObject({ ...row, Status: 'disabled', 'Updated At': disabled.updatedAt?.replace('Z', '000'), 'Disabled Reason': 'new disks' })

    await set('--enable')
    expect(await known('nova-compute', host)).toMatchObject({ status: 'enabled', disabledReason: null })
    if (Number(version.slice(2)) >= 11) {
      await set('--down')
      expect(await known('nova-compute', host)).toMatchObject({ forcedDown: true, state: 'down' })
      await set('--up')
      expect(await known('nova-compute', host)).toMatchObject({ forcedDown: false, state: 'up' })
    }

    const deleted = (): Promise<Result> => openstack(access(version), 'compute', 'service', 'delete', idOf(service, version))
    const refused = await deleted()
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('has 1 live worker')
    await worker.leave()
    printed(await deleted())
    expect((await serviceGroup.getOne(service.uuid)).service).toBeUndefined()
  }, timeoutMs)

  test('availability zone list, hypervisor list, host list', async () => {
    await register('nova-compute', 'zoned', 'az9')
    await eventually(async () => {
      const zones = asJson(await openstack(access(), 'availability', 'zone', 'list', '--compute', '-f', 'json'))
      expect(zones).toContainEqual({ 'Zone Name': 'az9', 'Zone Status': 'available' })
    }, { timeoutMs: 60_000 })
    const long = asJson(await openstack(access(), 'availability', 'zone', 'list', '--compute', '--long', '-f', 'json'))
    expect(long).toContainEqual({ 'Zone Name': 'az9', 'Zone Status': 'available', 'Zone Resource': '', 'Host Name': 'zoned', 'Service Name': 'nova-compute', 'Service Status': 'enabled :-) None' })
    expect(asJson(await openstack(access(), 'hypervisor', 'list', '-f', 'json'))).toContainEqual(expect.objectContaining({ 'Hypervisor Hostname': 'zoned', State: 'up' }))
    expect(asJson(await openstack(access(), 'host', 'list', '--zone', 'az9', '-f', 'json'))).toEqual([{ 'Host Name': 'zoned', Service: 'compute', Zone: 'az9' }])
  }, timeoutMs)

  test('services that are not of Nova are listed and changed as well; a token that nobody asked for is let pass', async () => {
    const { uuid } = await register('ApiWorker', 'controller-1')
    printed(await openstack({ endpoint: server.url, token: 'any' }, 'compute', 'service', 'set', '--disable', 'controller-1', 'ApiWorker'))
    const list = await openstack({ endpoint: server.url, token: 'any' }, 'compute', 'service', 'list', '--host', 'controller-1', '-f', 'value', '-c', 'ID', '-c', 'Binary', '-c', 'Zone', '-c', 'Status')
    expect(printed(list)).toBe(`${uuid} ApiWorker nova disabled\n`)
  }, timeoutMs)

  test('a service that is not there is told as such', async () => {
    const missing = await openstack(access('2.52'), 'compute', 'service', 'set', '--disable', 'nosuch', 'nova-compute')
    expect(missing).toEqual({ code: 1, stdout: '', stderr: 'Failed to set service status to disabled\nCompute service nova-compute of host nosuch failed to set.\n' })
  }, timeoutMs)
})

describe('nova', () => {
  test.each(['2.1', '2.10', '2.11', '2.52', '2.53', '2.92'])('%s: service-list, service-disable, service-enable, service-force-down, service-delete', async (version) => {
    const host = `nova-${version}`
    const minor = Number(version.slice(2))
    const worker = await serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: host })
    const service = await known('nova-compute', host)
    const id = idOf(service, version)
    const name = minor < 53 ? host : service.uuid
    const row = [id, 'nova-compute', host, 'nova', 'enabled', 'up', '-', '-', ...(minor < 11 ? [] : ['False'])]
    await eventually(async () => expect(rowsOf(await nova(access(version), 'service-list', '--host', host)).slice(1)).toEqual([row]), { timeoutMs: 60_000 })

    const named = minor < 53 ? [host, 'nova-compute'] : [service.uuid, host, 'nova-compute']
    expect(rowsOf(await nova(access(version), 'service-disable', '--reason', 'new disks', name))[1]).toEqual([...named, 'disabled', 'new disks'])
    expect(await known('nova-compute', host)).toMatchObject({ status: 'disabled', disabledReason: 'new disks' })
    expect(rowsOf(await nova(access(version), 'service-enable', name))[1]).toEqual([...named, 'enabled'])
    expect(await known('nova-compute', host)).toMatchObject({ status: 'enabled', disabledReason: null })
    expect(rowsOf(await nova(access(version), 'service-disable', name))[1]?.slice(0, named.length + 1)).toEqual([...named, 'disabled'])
    if (minor >= 11) {
      expect(rowsOf(await nova(access(version), 'service-force-down', name))[1]).toEqual([...named, 'True'])
      expect(await known('nova-compute', host)).toMatchObject({ forcedDown: true, state: 'down' })
      expect(rowsOf(await nova(access(version), 'service-force-down', '--unset', name))[1]).toEqual([...named, 'False'])
    }
    await worker.leave()
    expect(printed(await nova(access(version), 'service-delete', id))).toBe('')
    expect((await serviceGroup.getOne(service.uuid)).service).toBeUndefined()
  }, timeoutMs)

  test('without a version it takes the highest that both know; with a token as well', async () => {
    const { uuid } = await register('nova-compute', 'plain')
    const list = await eventually(async () => {
      const rows = rowsOf(await nova({ endpoint: server.url, token: 'any' }, 'service-list', '--host', 'plain', '--binary', 'nova-compute'))
      if (rows.length !== 2) throw new Error('not listed')
      return rows
    })
    expect(list).toEqual([
      ['Id', 'Binary', 'Host', 'Zone', 'Status', 'State', 'Updated_at', 'Disabled Reason', 'Forced down'],
      [uuid, 'nova-compute', 'plain', 'nova', 'enabled', 'up', '-', '-', 'False'],
    ])
  }, timeoutMs)

  test.each([
    ['2.52', 'nosuch', 'Could not find binary nova-compute on host nosuch.'],
    ['2.53', 'e81d66a4-ddd3-4aba-8a84-171d1cb4d339', 'Service e81d66a4-ddd3-4aba-8a84-171d1cb4d339 could not be found.'],
    ['2.53', 'nosuch', 'Invalid uuid nosuch'],
  ])('%s, a service that is not there, %s: what the server says, with the id of the request', async (version, name, message) => {
    const { code, stderr } = await nova(access(version), 'service-enable', name)
    expect(code).toBe(1)
    expect(stderr).toMatch(/\(HTTP 40[04]\) \(Request-ID: [\da-f-]{36}\)\n$/)
    expect(stderr).toContain(`: ${message} (HTTP`)
  }, timeoutMs)
})
