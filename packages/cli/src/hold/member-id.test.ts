import { hostname } from 'node:os'

import { openCoordinator } from '@muster/coordination'
import { encodeKey } from '@muster/coordination/internal'
import { expect, test } from '@jest/globals'

import { contenderId, placeOf } from './member-id.js'

test('the id of a command has its name in front and ends in host, pid and what makes it unlike any other', () => {
  const id = contenderId('/opt/jobs/nightly_report.sh', { SVC_HOSTNAME: 'controller-1' })
  expect(id).toMatch(new RegExp(`^nightly_report\\.sh_controller-1_${process.pid}_[0-9a-f]{8}$`))
  expect(placeOf(id)).toEqual({ hostname: 'controller-1', process: process.pid })
  expect(contenderId('x', {})).not.toBe(contenderId('x', {}))
})

test('however long its name is, an id still ends in host and pid when it is stored', () => {
  const stored = encodeKey(contenderId(`/${'x'.repeat(255)}`, { SVC_HOSTNAME: 'h'.repeat(64) }))
  expect(placeOf(stored)).toEqual({ hostname: 'h'.repeat(64), process: process.pid })
})

test.each([
  ['a coordinator\'s own', 'controller-1_4711_1f2e3d4c', 'controller-1', 4711],
  ['with a name', 'indexer worker(0)_controller-1.example_4711_1f2e3d4c', 'controller-1.example', 4711],
  ['Python\'s', 'aeb1a9e1-0e1b-4c52-8f57-8e2a0f1d3c55', null, null],
  ['short of a pid', 'controller-1_x_1f2e3d4c', null, null],
  ['short of a host', '_4711_1f2e3d4c', null, null],
  ['with something else behind', 'controller-1_4711_1f2e3d4c5', null, null],
  ['empty', '', null, null],
])('host and pid of an id: %s', (_, id, hostname, process) => {
  expect(placeOf(id)).toEqual({ hostname, process })
})

test('the id that a coordinator has by itself ends in them too', async () => {
  await using coordinator = await openCoordinator('embedded:/nothing-is-made-here')
  expect(placeOf(coordinator.memberId)).toEqual({ hostname: hostname(), process: process.pid })
})
