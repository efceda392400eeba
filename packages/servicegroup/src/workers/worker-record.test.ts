import { describe, expect, test } from '@jest/globals'

import { describeWorker, toCapabilities, toCreated, toWorker, typeOfName } from './worker-record.js'

const member = (capabilities: Record<string, unknown> | undefined): Parameters<typeof toWorker>[1] => ({ memberId: 'id', key: 'id', capabilities, createdAt: 0, updatedAt: 0 })

test.each([
  ['ApiWorker worker(0)', 'ApiWorker'],
  ['vitrageuWSGI worker 1', 'vitrageuWSGI'],
  ['worker 1', 'worker 1'],
  [' worker 1', ' worker 1'],
  ['indexer', 'indexer'],
])('a worker called %j is of type %j', (name, type) => {
  expect(typeOfName(name)).toBe(type)
})

test('the creation time is written as Vitrage writes it', () => {
  expect(toCreated(new Date('2019-02-10T11:07:15.999Z'))).toBe('2019-02-10T11:07:15+00:00')
})

test.each([true, false])('what a worker publishes is read back as the same worker (across hosts: %s)', (acrossHosts) => {
  const worker = describeWorker({ group: 'g', name: 'Api worker(3)', hostname: 'h', process: 12, region: 'r', zone: 'z', version: '1.2', labels: { role: 'api' } })
  expect(toCapabilities({ ...worker, lagMs: 4200 }, { acrossHosts })).toMatchObject({ lagMs: 4200, v: 1 })
  const capabilities = toCapabilities(worker, { acrossHosts })
  expect(toWorker('g', { ...member(capabilities), memberId: worker.memberId })).toEqual(worker)
  expect(capabilities.identity).toEqual(acrossHosts ? expect.objectContaining({ pid: process.pid }) : undefined)
  expect(worker.memberId).toMatch(/^Api worker\(3\)_h_12_[0-9a-f]{8}$/)
})

test('the keys of a worker are in the order of the interface', () => {
  const keys = ['name', 'hostname', 'process', 'created', 'group', 'type', 'state', 'region', 'zone', 'version', 'labels', 'memberId', 'incarnation', 'uuid']
  expect(Object.keys(describeWorker({ name: 'a' }))).toEqual(keys)
  expect(Object.keys(toWorker('g', member({})))).toEqual(keys)
  expect(Object.keys(toWorker('g', member({ lagMs: 4200 })))).toEqual([...keys, 'lagMs'])
})

test('half a surrogate pair is U+FFFD, in what is published and in what is read', () => {
  expect(describeWorker({ name: 'a\ud800b', hostname: '\udc00' })).toMatchObject({ name: 'a\ufffdb', hostname: '\ufffd' })
  const capabilities = { name: 'x\ud83d', hostname: '😀', zone: '\ude00', labels: { 'k\ud800': 'v\ud800' } }
  expect(toWorker('g', member(capabilities))).toMatchObject({ name: 'x\ufffd', hostname: '😀', zone: '\ufffd', labels: { 'k\ufffd': 'v\ufffd' } })
})

describe('members of other programs', () => {
  test("a member with Vitrage's four fields is a worker with its type taken from the name", () => {
    const vitrage = { name: 'ApiWorker worker(0)', hostname: 'controller-1', process: 23161, created: '2019-02-10T11:07:15+00:00' }
    expect(toWorker('vitrage', member(vitrage))).toMatchObject({ ...vitrage, type: 'ApiWorker', region: null, labels: {}, incarnation: null })
  })

  test.each([undefined, {}, { name: 5, process: 'x', labels: 'y', hostname: {}, created: [] }])('a member that says %j is listed under its id with nothing else known', (capabilities) => {
    expect(toWorker('g', member(capabilities))).toMatchObject({ name: 'id', hostname: null, process: null, created: null, type: null, state: 'up', labels: {} })
  })

  test.each([0, -1, 1.5, '4200', null])('a lag of %j is none', (lagMs) => {
    expect(toWorker('g', member({ lagMs }))).not.toHaveProperty('lagMs')
  })

  test('labels that are no text are left out', () => {
    expect(toWorker('g', member({ labels: { a: 'x', b: 1, c: null } })).labels).toEqual({ a: 'x' })
  })
})

test.each([
  ['name', { name: '' }],
  ['name', { name: 'x'.repeat(4097) }],
  ['hostname', { hostname: '' }],
  ['process', { process: 0 }],
  ['process', { process: 1.5 }],
])('a wrong %s is refused by name: %j', (argument, options) => {
  expect(() => describeWorker(options)).toThrow(expect.objectContaining({ code: 'invalid_argument', argument }))
})
