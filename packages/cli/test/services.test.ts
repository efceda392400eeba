import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { Store } from './svc.js'

const anyUuid = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g
const anyTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

/** With every uuid and every time as one that is as long. */
const steady = (text: string): string => text.replace(anyUuid, '00000000-0000-4000-8000-000000000000').replace(anyTime, '2026-11-28T00:00:00.000Z')

interface Scene {
  readonly store: Store
  readonly group: ServiceGroup
}

/** Three services: compute on host1 up, compute on host2 disabled and down, a scheduler on host1 up. */
async function withServices(use: (scene: Scene) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  const group = await openServiceGroup(store.backend)
  try {
    await group.join({ group: 'nova', name: 'nova-compute', hostname: 'host1', zone: 'z1', process: 4711 })
    const second = await group.join({ group: 'nova', name: 'nova-compute worker(0)', hostname: 'host2', zone: 'z2', process: 4712 })
    await group.join({ group: 'nova', name: 'nova-scheduler', hostname: 'host1', process: 4713 })
    await second.leave()
    await group.update({ type: 'nova-compute', host: 'host2' }, { status: 'disabled', disabledReason: 'new disks' })
    await use({ store, group })
  } finally {
    await group.close()
  }
}

test('services are listed whether they are up or down, by type and host, and filtered', () =>
  withServices(async ({ store }) => {
    const { code, stdout, stderr } = await store.svc(['list', '--services'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(steady(stdout)).toBe(`+--------------------------------------+----------------+-------+------+----------+-------+--------------------------+-----------------+-------------+
| Uuid                                 | Type           | Host  | Zone | Status   | State | Updated At               | Disabled Reason | Forced Down |
+--------------------------------------+----------------+-------+------+----------+-------+--------------------------+-----------------+-------------+
| 00000000-0000-4000-8000-000000000000 | nova-compute   | host1 | z1   | enabled  | up    |                          |                 | False       |
| 00000000-0000-4000-8000-000000000000 | nova-compute   | host2 | z2   | disabled | down  | 2026-11-28T00:00:00.000Z | new disks       | False       |
| 00000000-0000-4000-8000-000000000000 | nova-scheduler | host1 |      | enabled  | up    |                          |                 | False       |
+--------------------------------------+----------------+-------+------+----------+-------+--------------------------+-----------------+-------------+
`)
    expect(steady((await store.svc(['list', '--services', '--hostname', 'host2', '-f', 'json'])).stdout)).toBe(`[
  {
    "Uuid": "00000000-0000-4000-8000-000000000000",
    "Type": "nova-compute",
    "Host": "host2",
    "Zone": "z2",
    "Status": "disabled",
    "State": "down",
    "Updated At": "2026-11-28T00:00:00.000Z",
    "Disabled Reason": "new disks",
    "Forced Down": false
  }
]
`)
    const listed = async (...words: string[]): Promise<string> => (await store.svc(['list', '--services', '-f', 'value', '-c', 'type', '-c', 'host', ...words])).stdout
    expect(await listed('--state', 'up', '--type', 'nova-compute')).toBe('nova-compute host1\n')
    expect(await listed('--state', 'down', '--state', 'up', '--sort-column', 'host', '--sort-descending')).toBe('nova-compute host2\nnova-compute host1\nnova-scheduler host1\n')
    expect(await store.svc(['list', '--services', '--type', 'none', '--fail-empty'])).toMatchObject({ code: 5, stdout: '\n', stderr: 'svc: no matching services\n' })
    expect(await listed('-c', 'effective', '-c', 'topic', '--hostname', 'host2')).toBe('nova-compute host2 compute down\n')
  }))

test('of workers only those that are up are listed, and asking for the others says where they are', () =>
  withServices(async ({ store }) => {
    expect(await store.list(['--state', 'up', '-c', 'name'])).toEqual([{ Name: 'nova-compute' }, { Name: 'nova-scheduler' }])
    expect(await store.svc(['list', '--state', 'down', '--fail-empty'])).toMatchObject({ code: 5, stdout: '\n', stderr: expect.stringContaining('svc list --services --state down') })
  }))

test('one service is shown a line for each field; json and yaml are one object', () =>
  withServices(async ({ store }) => {
    const fields = ['-c', 'host', '-c', 'forced_down', '-c', 'Disabled Reason', '-c', 'maintenance']
    expect((await store.svc(['show', 'nova-compute@host2', ...fields])).stdout).toBe(`+-----------------+-----------+
| Field           | Value     |
+-----------------+-----------+
| Host            | host2     |
| Disabled Reason | new disks |
| Forced Down     | False     |
| Maintenance     |           |
+-----------------+-----------+
`)
    expect((await store.svc(['show', 'host2', ...fields, '-f', 'json'])).stdout).toBe(`{
  "Host": "host2",
  "Disabled Reason": "new disks",
  "Forced Down": false,
  "Maintenance": null
}
`)
    expect((await store.svc(['show', 'host2', ...fields, '-f', 'yaml'])).stdout).toBe('Disabled Reason: new disks\nForced Down: false\nHost: host2\nMaintenance: null\n')
    expect((await store.svc(['show', 'host2', ...fields, '-f', 'value'])).stdout).toBe('host2\nnew disks\nFalse\nNone\n')
    expect(Object.keys(JSON.parse((await store.svc(['show', 'host2', '-f', 'json'])).stdout) as object)).toHaveLength(18)
  }))

test('a service is found by its uuid, some of it, type@host, a host that has it alone, and the name of a worker', () =>
  withServices(async ({ store, group }) => {
    const { service } = await group.getOne({ type: 'nova-compute', host: 'host2' })
    if (!service) throw new Error('there is no such service')
    const find = async (word: string) => store.svc(['show', word, '-f', 'value', '-c', 'type', '-c', 'host'])
    for (const word of [service.uuid, service.uuid.toUpperCase(), service.uuid.slice(0, 13), 'nova-compute@host2', 'host2']) {
      expect(await find(word)).toMatchObject({ code: 0, stdout: 'nova-compute\nhost2\n', stderr: '' })
    }
    expect((await find('nova-scheduler')).stdout).toBe('nova-scheduler\nhost1\n')
    expect(await find(service.uuid.slice(0, 3))).toMatchObject({ code: 3, stdout: '' })
  }))

test('a word that may mean several services is refused with 64 and the list of them; one that means none with 3', () =>
  withServices(async ({ store }) => {
    const several = await store.svc(['show', 'host1'])
    expect({ code: several.code, stdout: several.stdout, stderr: steady(several.stderr) }).toEqual({
      code: 64,
      stdout: '',
      stderr: `svc: 'host1' may mean 2 services: nova-compute@host1 (00000000-0000-4000-8000-000000000000), nova-scheduler@host1 (00000000-0000-4000-8000-000000000000)
svc: Write type@host or more of the uuid.
`,
    })
    expect(await store.svc(['show', 'nova-compute@hots1'])).toMatchObject({
      code: 3,
      stdout: '',
      stderr: `svc: The service 'nova-compute@hots1' was not found\nsvc: svc list --services shows those that there are. Did you mean 'nova-compute@host1'?\n`,
    })
  }))

test('svc is-up prints the state and exits with 0 or 5; a service that nobody knows is down', () =>
  withServices(async ({ store }) => {
    expect(await store.svc(['is-up', 'nova-compute@host1'])).toMatchObject({ code: 0, stdout: 'up\n', stderr: '' })
    expect(await store.svc(['is-up', 'host2'])).toMatchObject({ code: 5, stdout: 'down\n', stderr: '' })
    expect(await store.svc(['is-up', 'nova-compute@host9'])).toMatchObject({ code: 5, stdout: 'down\n', stderr: `svc: The service 'nova-compute@host9' was not found\n` })
    expect(await store.svc(['is-up', 'host1'])).toMatchObject({ code: 64, stdout: '' })
  }))

test('hosts and zones are those of the services, with how many are up', () =>
  withServices(async ({ store }) => {
    expect((await store.svc(['hosts'])).stdout).toBe(`+-------+-------+----------+----+
| Host  | Zones | Services | Up |
+-------+-------+----------+----+
| host1 | z1    |        2 |  2 |
| host2 | z2    |        1 |  0 |
+-------+-------+----------+----+
`)
    expect(JSON.parse((await store.svc(['hosts', '-f', 'json'])).stdout)).toEqual([
      { Host: 'host1', Zones: ['z1'], Services: 2, Up: 2 },
      { Host: 'host2', Zones: ['z2'], Services: 1, Up: 0 },
    ])
    expect((await store.svc(['zones', '-f', 'yaml'])).stdout).toBe('- Available: true\n  Hosts:\n  - host1\n  Services: 1\n  Up: 1\n  Zone: z1\n- Available: false\n  Hosts:\n  - host2\n  Services: 1\n  Up: 0\n  Zone: z2\n')
    expect((await store.svc(['zones', '-f', 'csv', '--sort-column', 'available'])).stdout).toBe('"Zone","Hosts","Services","Up","Available"\n"z2","host2",1,0,False\n"z1","host1",1,1,True\n')
  }))

test('a store that is not there has no services, hosts and zones, and is not made', async () => {
  await using store = await Store.create()
  expect(await store.svc(['list', '--services'])).toMatchObject({ code: 0, stdout: '\n', stderr: 'svc: no services\n' })
  expect(await store.svc(['hosts'])).toMatchObject({ code: 0, stdout: '\n', stderr: 'svc: no services\n' })
  expect(await store.svc(['zones'])).toMatchObject({ code: 0, stdout: '\n', stderr: 'svc: no services in a zone\n' })
  expect(await store.svc(['show', 'host1'])).toMatchObject({ code: 3, stdout: '' })
})

test('svc explain says how a service is, why, and what would bring it back', () =>
  withServices(async ({ store }) => {
    expect((await store.svc(['explain', 'nova-scheduler'])).stdout.split('\n')[0]).toMatch(/^nova-scheduler@host1 is up for schedulers: it is up \(1 worker, pid 4713, for \d+s\), enabled, and not in maintenance\.$/)
    const { code, stdout } = await store.svc(['explain', 'host2'])
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'nova-compute@host2 is down for schedulers: no worker of it lives, and it is disabled: "new disks".',
      'No worker of type nova-compute lives on host2; when the last one did is not recorded.',
      expect.stringMatching(/^It was disabled by \S+@\S+, at \S+Z \(\d+s ago\)\.$/),
      expect.stringMatching(/^Its record, \S+, was made at \S+Z \(\d+s ago\), and last changed at \S+Z \(\d+s ago\)\.$/),
      'To end that: svc enable nova-compute@host2',
      '',
    ])
  }))

test('targets are completed to the services that there are, each once', () =>
  withServices(async ({ store }) => {
    const complete = async (...words: string[]): Promise<string> => (await store.svc(['complete', '--', ...words])).stdout
    expect(await complete('disable', 'nova-c')).toBe('nova-compute@host1\t\nnova-compute@host2\t\n')
    expect(await complete('disable', 'nova-compute@host1', 'nova-')).toBe('nova-compute@host2\t\nnova-scheduler@host1\t\n')
    expect(await complete('maintenance', 'on', 'nova-s')).toBe('nova-scheduler@host1\t\n')
    expect(await complete('show', 'nova-compute@host1', 'nova-')).toBe('')
  }))
