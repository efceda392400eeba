import { homedir, hostname } from 'node:os'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'

import { backendUrl, defaultDataFolder, workerGroup, workerHostname, workerName } from './settings.js'
import { suggest } from './suggest.js'

test('without environment the defaults are the embedded store in the home folder, group default and the system host name', () => {
  expect(defaultDataFolder({})).toBe(join(homedir(), '.local', 'state', 'muster'))
  expect(backendUrl({})).toBe('embedded:')
  expect(workerGroup({})).toBe('default')
  expect(workerHostname({})).toBe(hostname())
  expect(workerName({}, '/srv/app/indexer.js')).toBe('indexer')
})

test('the environment names the state folder, the backend and the worker', () => {
  expect(defaultDataFolder({ XDG_STATE_HOME: '/srv/state' })).toBe('/srv/state/muster')
  expect(defaultDataFolder({ XDG_STATE_HOME: 'relative' })).toBe(join(homedir(), '.local', 'state', 'muster'))
  expect(backendUrl({ SVC_BACKEND: 'embedded:/tmp/x' })).toBe('embedded:/tmp/x')
  expect(workerHostname({ HOST_HOSTNAME: 'outer' })).toBe('outer')
  expect(workerHostname({ SVC_HOSTNAME: 'mine', HOST_HOSTNAME: 'outer' })).toBe('mine')
  expect(workerName({ SVC_NAME: 'api' })).toBe('api')
})

test('a misspelt word gets the nearest known one, a far one gets none', () => {
  expect(suggest('zookeper', ['zookeeper', 'embedded'])).toBe('zookeeper')
  expect(suggest('mysql', ['zookeeper', 'embedded'])).toBeUndefined()
})
