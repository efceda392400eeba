import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { root } from '../packaging/npm.js'
import { composeFolder, findMistakes, readComposition } from './compose.js'
import type { Composition } from './compose.js'

const compositions: readonly [string, Composition][] = await Promise.all(
  ['compose.yaml', 'compose.embedded.yaml'].map(async (file): Promise<[string, Composition]> => [file, await readComposition(file)]),
)

describe.each(compositions)('docker/%s', (_, composition) => {
  const services = Object.entries(composition.services)
  const servers = services.filter(([, { build }]) => build)

  test('is valid by the schema of the Compose specification', () => {
    expect(findMistakes(composition)).toEqual([])
    const [name = ''] = Object.keys(composition.services)
    expect(findMistakes({ ...composition, services: { [name]: { ...composition.services[name], restrat: 'always' } } })).not.toEqual([])
  })

  test('names no volume, configuration, service or file that is not there', () => {
    for (const [, { volumes = [], configs = [], depends_on: needed = {} }] of services) {
      for (const volume of volumes) expect(Object.keys(composition.volumes ?? {})).toContain(volume.split(':')[0])
      for (const { source } of configs) expect(existsSync(join(composeFolder, composition.configs?.[source]?.file ?? 'missing'))).toBe(true)
      for (const name of Object.keys(needed)) expect(Object.keys(composition.services)).toContain(name)
    }
    for (const [, { build }] of servers) {
      expect(join(composeFolder, build?.context ?? '', '.')).toBe(join(root, '.'))
      expect(existsSync(join(root, build?.dockerfile ?? 'missing'))).toBe(true)
    }
  })

  test('is reached from this host alone: published ports are on loopback, and the servers listen there by themselves', () => {
    for (const [, { ports = [] }] of services) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    for (const [, { network_mode: network, ports, environment = {} }] of servers) expect([network, ports, environment['SVC_HOST']]).toEqual(['host', undefined, undefined])
    const listening = [...services.flatMap(([, { ports = [] }]) => ports.map((port) => port.split(':')[1])), ...servers.map(([, { environment }]) => String(environment?.['SVC_PORT']))]
    expect(new Set(listening).size).toBe(listening.length)
  })

  test('comes back after a crash, says whether it is healthy, and waits for what is healthy', () => {
    for (const [name, { restart, build, healthcheck, depends_on: needed = {} }] of services) {
      expect({ name, restart }).toEqual({ name, restart: 'unless-stopped' })
      expect(build ?? healthcheck).toBeDefined() // the image of svc brings its own
      for (const { condition } of Object.values(needed)) expect(condition).toBe('service_healthy')
    }
  })

  test('gives the servers nothing they do not need', () => {
    expect(servers.length).toBeGreaterThan(0)
    for (const [, server] of servers) expect(server).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  })
})

test('the embedded server keeps its data in the volume of the image', () => {
  const [, [, composition] = []] = compositions
  expect(composition?.services['api']?.volumes).toEqual(['data:/var/lib/muster'])
})
