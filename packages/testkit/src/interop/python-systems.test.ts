import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'

import { spawnNode } from '../spawn-node.js'

const runInteropTests = fileURLToPath(new URL('../../../../scripts/run-interop-tests.js', import.meta.url))

test('without the Python systems the tests of interoperability fail, with what is missing, why it was not installed, and what to install', async () => {
  const env = { PYTHONHOME: '/nowhere', SVC_TEST_INSTALL: '0' } // no Python starts with such a home
  await using run = spawnNode(runInteropTests, [], { env })
  expect(await run.exited).toEqual({ code: 1, signal: null })
  expect(run.stdout).toBe('')
  const lines = run.stderr.slice(run.stderr.indexOf('FAILED: the tests of interoperability did not run.')).split('\n')
  expect(lines.slice(1, 5)).toEqual([
    'No Python systems to run the tests with: there is no Python with tooz, kazoo, oslo.messaging and saharaclient and no command vitrage and no command openstack and no command nova. Install them and run the tests again:',
    '  on Debian or Ubuntu: sudo apt-get install python3-tooz python3-oslo.messaging python3-vitrageclient python3-openstackclient python3-novaclient python3-saharaclient',
    `  elsewhere: pip install 'tooz[zookeeper]' oslo.messaging python-vitrageclient python-openstackclient python-novaclient python-saharaclient`,
    'They were not installed here: turned off by SVC_TEST_INSTALL=0',
  ])
}, 60_000)
