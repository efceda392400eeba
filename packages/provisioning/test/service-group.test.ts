import { join } from 'node:path'

import { expect, test } from '@jest/globals'
import { openProvisioning } from '@muster/provisioning'
import { openServiceGroup } from '@muster/servicegroup'
import { temporaryFolder } from '@muster/testkit'

test('a step counts the workers that join a service group', async () => {
  await using folder = await temporaryFolder()
  const group = await openServiceGroup(`embedded:${folder.path}`)
  await using provisioning = await openProvisioning(`sqlite:${join(folder.path, 'history.db')}`)
  const cluster = await provisioning.createCluster({ name: 'sample' })
  const waiting = cluster.waitForWorkers({ type: 'creating', total: 2, view: group.view(), group: 'g', deadlineMs: 15_000 })
  const members = [await group.join({ group: 'g', name: 'a', hostname: 'h1' }), await group.join({ group: 'elsewhere', name: 'b', hostname: 'h1' }), await group.join({ group: 'g', name: 'a', hostname: 'h2' })]
  expect(await waiting).toMatchObject({ completed: 2, total: 2, state: 'done' })
  expect((await cluster.events()).events.map(({ instance_name: name }) => name).sort()).toEqual(['a@h1', 'a@h2'])
  expect((await cluster.show()).status).toBe('Active')
  for (const member of members) await member.leave()
  await group.close()
})
