import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { CapturedIo } from '../captured-io.test.support.js'
import type { Io } from '../io.js'
import { resolveTarget } from '../target.js'
import { settle } from './settle.js'
import { withConfig } from './with-config.js'

let folder = ''
const file = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-config-'))
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(file(name)), { recursive: true })
    writeFileSync(file(name), text)
  }
  write('named.yaml', 'port: 1\ngroup: named\n')
  write('of-variable.yaml', 'port: 2\n')
  write('xdg/muster/svc.yaml', 'port: 3\n')
  write('home/.config/muster/svc.yaml', 'port: 4\n')
  write('places.yaml', 'endpoint: http://file:1\nbackend: embedded:/file\nhostname: of-file\n')
  write('blank.yaml', '\n')
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('which file counts', () => {
  test.each([
    ['the option', 'named.yaml', { SVC_CONFIG: 'of-variable.yaml' }, '1'],
    ['the variable', undefined, { SVC_CONFIG: 'of-variable.yaml', XDG_CONFIG_HOME: 'xdg' }, '2'],
    ['the user\'s own below XDG_CONFIG_HOME', undefined, { SVC_CONFIG: '', XDG_CONFIG_HOME: 'xdg', HOME: 'home' }, '3'],
    ['the user\'s own', undefined, { HOME: 'home' }, '4'],
  ])('%s goes before what comes after it', async (_, option, env, port) => {
    const absolute = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value === '' ? '' : file(value)]))
    const io = await withConfig(new CapturedIo(absolute), option && file(option))
    expect(settle('port', undefined, io).value).toBe(port)
  })

  test('one in the folder one is in does not count', async () => {
    const before = process.cwd()
    process.chdir(file('xdg/muster'))
    try {
      const io = new CapturedIo({ HOME: folder })
      expect(await withConfig(io, undefined)).toBe(io)
    } finally {
      process.chdir(before)
    }
  })

  test('a file that was named and is not there is an error; one without settings is none', async () => {
    await expect(withConfig(new CapturedIo(), file('missing.yaml'))).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining(file('missing.yaml')) })
    await expect(withConfig(new CapturedIo({ SVC_CONFIG: folder }), undefined)).rejects.toMatchObject({ code: 'invalid_argument' })
    const io = new CapturedIo({ SVC_CONFIG: file('blank.yaml') })
    expect(await withConfig(io, undefined)).toBe(io)
  })
})

describe('what counts', () => {
  const origins = async (env: Io['env'], options: Readonly<Record<string, string>> = {}): Promise<string[]> => {
    const io = await withConfig(new CapturedIo(env), file('named.yaml'))
    return (['port', 'group', 'host'] as const).map((name) => `${settle(name, options[name], io).value} ${settle(name, options[name], io).origin}`)
  }

  test('an option goes before the environment, that before the file, that before the default', async () => {
    const [port, group] = [`1 ${file('named.yaml')}:1`, `named ${file('named.yaml')}:2`]
    expect(await origins({})).toEqual([port, group, '127.0.0.1 default'])
    expect(await origins({ SVC_PORT: '7', SVC_GROUP: '' })).toEqual(['7 SVC_PORT', group, '127.0.0.1 default'])
    expect(await origins({ SVC_PORT: '7' }, { port: '8', host: '::1' })).toEqual(['8 --port', group, '::1 --host'])
  })

  test('a backend of the environment goes before an endpoint of the file, and a hostname of the container before that of the file', async () => {
    const at = async (env: Io['env']): Promise<unknown[]> => {
      const io = await withConfig(new CapturedIo(env), file('places.yaml'))
      return [resolveTarget({}, io.env), settle('hostname', undefined, io).value]
    }
    expect(await at({})).toEqual([{ endpoint: 'http://file:1' }, 'of-file'])
    expect(await at({ SVC_BACKEND: 'embedded:/env', HOST_HOSTNAME: 'outside' })).toEqual([{ backend: 'embedded:/env' }, 'outside'])
    expect(settle('hostname', undefined, { env: {} })).toEqual({ value: hostname(), origin: 'default' })
  })

  test('surroundings with a file still hear of the terminal\'s size', async () => {
    const io = new CapturedIo({}, 80)
    const settled = await withConfig(io, file('named.yaml'))
    const heard: unknown[] = []
    const stop = settled.onResize(() => heard.push(settled.columns))
    io.resize(40, 20)
    stop()
    io.resize(30, 20)
    expect([heard, settled.columns]).toEqual([[40], 30])
  })
})
