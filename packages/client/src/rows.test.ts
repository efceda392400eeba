import { describe, expect, test } from '@jest/globals'

import { isGroup, isHost, isService, isWorker, isZone } from './rows.js'

const worker = {
  name: 'a',
  hostname: null,
  process: null,
  created: null,
  group: 'g',
  type: null,
  state: 'up',
  region: null,
  zone: null,
  version: null,
  labels: { rack: 'r1' },
  memberId: 'a',
  incarnation: null,
  uuid: null,
}

describe('a row', () => {
  test('is a worker with every key in its shape; more keys are let be', () => {
    expect(isWorker(worker)).toBe(true)
    expect(isWorker({ ...worker, uuid: null, process: 7, incarnation: 2 })).toBe(true)
    expect(isWorker({ ...worker, lagMs: 4200 })).toBe(true)
  })

  const wrong = [{ memberId: undefined }, { process: '7' }, { state: 'down' }, { labels: ['x'] }, { labels: { x: 1 } }, { lagMs: '4200' }]
  test.each([null, 'a', [], {}, ...wrong.map((field) => ({ ...worker, ...field }))])('%j is no worker', (row) => {
    expect(isWorker(row)).toBe(false)
  })

  test('the real Vitrage lists no workers of ours', () => {
    expect(isWorker({ name: 'ApiWorker worker(0)', hostname: 'h', process: 1, created: '2019-02-10T11:07:15+00:00' })).toBe(false)
  })

  test('is a group with its three keys', () => {
    expect(isGroup({ group: 'g', members: 2, createdAt: '2026-01-01T00:00:00.000Z' })).toBe(true)
    expect(isGroup({ group: 'g', members: '2', createdAt: '2026-01-01T00:00:00.000Z' })).toBe(false)
  })

  const service = {
    uuid: 'u',
    type: 'nova-compute',
    host: 'h1',
    topic: 'compute',
    region: null,
    zone: 'az-1',
    status: 'enabled',
    state: 'up',
    effective: 'down',
    disabledReason: null,
    forcedDown: false,
    maintenance: { note: null, start: '2026-01-01T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' },
    version: 0,
    reportCount: 1,
    lastSeenUp: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: null,
    index: '17',
  }

  test('is a service with every key in its shape; more keys are let be', () => {
    expect(isService(service)).toBe(true)
    expect(isService({ ...service, maintenance: null, later: 1 })).toBe(true)
  })

  test.each([{ status: 'on' }, { state: null }, { effective: 'maintained' }, { forcedDown: 'false' }, { maintenance: {} }, { index: 17 }, { updatedAt: undefined }])('with %j it is no service', (field) => {
    expect(isService({ ...service, ...field })).toBe(false)
  })

  test('is a host or a zone with its keys', () => {
    expect([isHost({ host: 'h1', zones: ['z'], services: 1, up: 0 }), isHost({ host: 'h1', zones: [null], services: 1, up: 0 })]).toEqual([true, false])
    const zone = { zone: 'z', hosts: ['h1'], services: 1, up: 1, available: true }
    expect([isZone(zone), isZone({ ...zone, available: 1 })]).toEqual([true, false])
  })
})
