import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { ToozProcess } from './tooz-process.js'

describe('a backend URL leads tooz and ours to one group', () => {
  let server: ZooKeeperServer

  beforeAll(async () => {
    server = await startZooKeeper()
  }, 60_000)

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test.each([
    ['alone', 'zookeeper://HOST?'],
    ['under its other name', 'kazoo://HOST?timeout=4'],
    ['with several servers', 'zookeeper://HOST,HOST?timeout=4'],
    ['with further servers', 'zookeeper://HOST?hosts=HOST&timeout=4'],
    ['with options for Python alone', 'zookeeper://HOST?timeout=4&randomize_hosts=False&handler=threading'],
    ['with a password that holds @ and :', 'zookeeper://user:p@ss:word@HOST?timeout=4'],
    ['with a password that is no ASCII', 'zookeeper://user:größe@HOST?timeout=4'],
  ])('%s', async (form, template) => {
    const url = `${template.replaceAll('HOST', server.endpoint)}&namespace=${form.replaceAll(/\W+/g, '-')}` // whoever makes one first guards it
    await using tooz = await ToozProcess.start(url, 'tooz')
    await using ours = await openCoordinator(url, { memberId: 'ours' })
    await tooz.call('create_group', 'shared')
    await ours.joinGroup('shared', { name: 'ours' })
    await tooz.call('join_group', 'shared', { name: 'tooz' })
    expect(await tooz.call('get_members', 'shared')).toEqual(['ours', 'tooz'])
    expect(await ours.getMembersWithCapabilities('shared')).toMatchObject([{ capabilities: { name: 'ours' } }, { capabilities: { name: 'tooz' } }])
  })
})
