import { expect, jest, test } from '@jest/globals'

import { eventually } from '../eventually.js'
import { startZooKeeperEnsemble } from './ensemble.js'
import type { ZooKeeperServer } from './server.js'

jest.setTimeout(60_000)

async function modeOf(server: ZooKeeperServer): Promise<string> {
  const answer = await server.command('srvr')
  return /^Mode: (\w+)/m.exec(answer)?.[1] ?? answer.trim()
}

test('of three servers one leads and two follow; when it is killed another leads, and it comes back to follow', async () => {
  await using ensemble = await startZooKeeperEnsemble()
  expect(ensemble.endpoints.split(',')).toEqual(ensemble.servers.map(({ endpoint }) => endpoint))
  expect((await Promise.all(ensemble.servers.map(modeOf))).sort()).toEqual(['follower', 'follower', 'leader'])
  const first = await ensemble.leader()
  await first.kill()
  const second = await ensemble.leader()
  expect(second).not.toBe(first)
  await first.start()
  await ensemble.settled()
  expect([await modeOf(first), await modeOf(second)]).toEqual(['follower', 'leader'])
})

test('without a majority nobody serves, with one again all who run do, and a wiped member learns all anew', async () => {
  await using ensemble = await startZooKeeperEnsemble()
  const [one, two, three] = ensemble.servers as readonly [ZooKeeperServer, ZooKeeperServer, ZooKeeperServer]
  await Promise.all([one.kill(), two.kill()])
  await eventually(async () => expect(await modeOf(three)).toContain('not currently serving'))
  await one.wipe()
  await one.start()
  await ensemble.settled(2)
  expect([await modeOf(one), await modeOf(three)].sort()).toEqual(['follower', 'leader'])
})
