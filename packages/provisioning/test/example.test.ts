import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import { openProvisioning } from '@muster/provisioning'
import { spawnNode, temporaryFolder } from '@muster/testkit'

const provision = fileURLToPath(new URL('../../examples/provision.js', import.meta.url))

test.each([
  ['with failures: each is told, and its instance is left out of what follows', '0.3', 'Error'],
  ['without failures', '0', 'Active'],
])('the example provisions with worker processes, %s', async (_, failing, status) => {
  await using folder = await temporaryFolder()
  await using example = spawnNode(provision, ['--instances', '40', '--batch', '10', '--failing', failing, '--folder', folder.path])
  expect(await example.exited).toEqual({ code: 0, signal: null })
  expect(example.stderr).toBe('')
  await using provisioning = await openProvisioning(`sqlite:${folder.path}/history.db`)
  const { status: last, pending_steps: pending, provision_progress: steps } = await (await provisioning.cluster('sample')).show()
  expect({ last, pending }).toEqual({ last: status, pending: [] })
  const [launching, waiting, configuring] = steps
  expect(launching).toMatchObject({ step_name: 'Launching instances', total: 40 })
  expect((launching?.completed ?? 0) + (launching?.failed ?? 0)).toBe(40)
  expect(waiting).toMatchObject({ step_name: 'Waiting for workers', completed: 4, total: 4, state: 'done' })
  expect(configuring).toMatchObject({ step_name: 'Configuring instances', total: launching?.completed })
  for (const { summary } of steps) expect(example.stdout).toContain(summary)
  expect(/failed: no route to host, error id [0-9a-f-]{36}/.test(example.stdout)).toBe(failing !== '0')
  expect(example.stdout).toContain(`The cluster is ${status}.`)
}, 60_000)
