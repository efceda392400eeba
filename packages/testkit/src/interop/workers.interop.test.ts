import { hostname } from 'node:os'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { startSvc, svc } from './commands.js'
import { soon } from './soon.js'
import { ToldChanges } from './told-changes.js'
import { ToozProcess } from './tooz-process.js'

describe('workers of tooz and of ours in one group', () => {
  let server: ZooKeeperServer
  /** The same words for both. */
  let backend: string
  let serviceGroup: ServiceGroup

  beforeAll(async () => {
    server = await startZooKeeper()
    backend = `zookeeper://${server.endpoint}?timeout=2`
    serviceGroup = await openServiceGroup(backend)
  }, 60_000)

  afterAll(async () => {
    await serviceGroup.close()
    await server[Symbol.asyncDispose]()
  })

  test('a worker of Vitrage is listed with its name, host, process and start', async () => {
    await using tooz = await ToozProcess.start(backend, 'ApiWorker worker(0)_7')
    const { name, process, created } = await tooz.call('join_as_vitrage', 'listed', 'ApiWorker worker(0)')
    const absent = { region: null, zone: null, version: null, labels: {}, incarnation: null, uuid: null }
    expect(await serviceGroup.workers({ group: 'listed' })).toEqual([
      { name, hostname: hostname(), process, created, group: 'listed', type: 'ApiWorker', state: 'up', ...absent, memberId: 'ApiWorker worker(0)_7' },
    ])
    expect(process).toBe(tooz.pid)
    const list = await svc('list', '--classic', '-f', 'json', '--group', 'listed', '--backend', backend)
    expect(list).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(list.stdout)).toEqual([{ Name: name, 'Process Id': process, Hostname: hostname(), 'Created At': created }])
  })

  test('its join, new capabilities, leave and death are each told once', async () => {
    await using told = new ToldChanges(serviceGroup, 'told')
    await using tooz = await ToozProcess.start(backend, 'a')
    await tooz.call('join_as_vitrage', 'told', 'a')
    await soon(() => expect(told.lines).toEqual(['joined a']))
    await tooz.call('update_capabilities', 'told', Buffer.from('{"name": "a", "version": "2"}'))
    await soon(() => expect(told.lines).toEqual(['joined a', 'updated a']))
    expect((await serviceGroup.workers({ group: 'told' })).map(({ version }) => version)).toEqual(['2'])
    await tooz.call('leave_group', 'told')
    await soon(() => expect(told.lines).toEqual(['joined a', 'updated a', 'left a']))
    expect(await serviceGroup.workers({ group: 'told' })).toEqual([])

    await tooz.call('join_as_vitrage', 'told', 'a')
    await soon(() => expect(told.lines).toHaveLength(4))
    const killedAt = performance.now()
    await tooz.kill()
    await soon(() => expect(told.lines).toHaveLength(5))
    expect(performance.now() - killedAt).toBeGreaterThan(1000) // when its session is over, not when its connection ends

    const last = await serviceGroup.join({ group: 'told', name: 'last' })
    await soon(() => expect(told.lines).toContain('joined last'))
    expect(told.lines).toEqual(['joined a', 'updated a', 'left a', 'joined a', 'left a', 'joined last'])
    await last.leave()
  })

  test('a running tooz worker is told once of each join and leave of ours, and reads what ours say of themselves', async () => {
    await using tooz = await ToozProcess.start(backend, 'watcher')
    await tooz.call('join_as_vitrage', 'watched', 'watcher')
    await tooz.call('watch', 'watched')

    const labels = { 'größe': '日本' }
    const ours = await serviceGroup.join({ group: 'watched', name: 'ours worker(1)', process: 77, hostname: 'h', labels })
    const { memberId } = ours.worker
    await soon(() => expect(tooz.events).toHaveLength(1))
    expect(await tooz.call('get_members', 'watched')).toEqual([memberId, 'watcher'].sort())
    const capabilities = await tooz.call('get_member_capabilities', 'watched', memberId)
    expect(capabilities).toBeInstanceOf(Buffer)
    expect(JSON.parse(String(capabilities))).toMatchObject({ name: 'ours worker(1)', process: 77, hostname: 'h', created: ours.worker.created, labels })

    await ours.leave()
    await soon(() => expect(tooz.events).toHaveLength(2))
    const next = await serviceGroup.join({ group: 'watched', name: 'next' })
    await soon(() => expect(tooz.events).toHaveLength(3))
    expect(tooz.events).toEqual([
      ['joined', 'watched', memberId],
      ['left', 'watched', memberId],
      ['joined', 'watched', next.worker.memberId],
    ])
    await next.leave()
  })

  test('new capabilities of ours are read by a tooz worker, which is told of no join or leave', async () => {
    await using coordinator = await openCoordinator(backend, { memberId: 'ours' })
    await using tooz = await ToozProcess.start(backend, 'reader')
    await tooz.call('create_group', 'updated')
    await tooz.call('watch', 'updated')
    await coordinator.joinGroup('updated', { step: 1 })
    await soon(() => expect(tooz.events).toEqual([['joined', 'updated', 'ours']]))
    for (const step of [2, 3]) {
      await coordinator.updateCapabilities('updated', { step })
      expect(JSON.parse(String(await tooz.call('get_member_capabilities', 'updated', 'ours')))).toEqual({ step })
    }
    await coordinator.leaveGroup('updated')
    await soon(() => expect(tooz.events).toHaveLength(2))
    expect(tooz.events[1]).toEqual(['left', 'updated', 'ours'])
  })

  test('a worker of ours that is killed is told to tooz as left, once', async () => {
    await using tooz = await ToozProcess.start(backend, 'watcher')
    await tooz.call('create_group', 'killed')
    await tooz.call('watch', 'killed')
    await using run = startSvc('run', '--backend', backend, '--group', 'killed', '--name', 'victim', '--', 'sleep', '600')
    await soon(() => expect(tooz.events).toHaveLength(1))
    const [[, , memberId] = []] = tooz.events
    expect(await tooz.call('services_as_vitrage', 'killed')).toMatchObject([{ name: 'victim', hostname: hostname() }])
    run.signal('SIGKILL')
    await soon(() => expect(tooz.events).toHaveLength(2))
    const last = await serviceGroup.join({ group: 'killed', name: 'last' })
    await soon(() => expect(tooz.events).toHaveLength(3))
    expect(tooz.events).toEqual([
      ['joined', 'killed', memberId],
      ['left', 'killed', memberId],
      ['joined', 'killed', last.worker.memberId],
    ])
    await last.leave()
  })

  test('a worker of ours that was stopped for longer than its session comes back under its id', async () => {
    await using tooz = await ToozProcess.start(backend, 'watcher')
    await tooz.call('create_group', 'stopped')
    await tooz.call('watch', 'stopped')
    await using run = startSvc('run', '--backend', backend, '--group', 'stopped', '--name', 'sleeper', '--', 'sleep', '600')
    await soon(() => expect(tooz.events).toHaveLength(1))
    const [[, , memberId] = []] = tooz.events
    run.signal('SIGSTOP')
    await soon(() => expect(tooz.events).toHaveLength(2))
    run.signal('SIGCONT')
    await soon(() => expect(tooz.events).toHaveLength(3))
    expect(tooz.events).toEqual([
      ['joined', 'stopped', memberId],
      ['left', 'stopped', memberId],
      ['joined', 'stopped', memberId],
    ])
  })
})
