import { expect, test } from '@jest/globals'

import { defineCommand } from '../command.js'
import type { Command } from '../command.js'
import { suggest } from './suggest.js'

const many = { type: 'string', array: true, requiresArg: true } as const
const list = defineCommand({
  name: 'list',
  help: 'Lists the workers. More of it.\n\n  svc list',
  options: { group: many, name: many, format: { alias: 'f', type: 'string', choices: ['table', 'json'] }, backend: { type: 'string' }, classic: { type: 'boolean', describe: 'Fewer columns' } },
  run: () => Promise.resolve(0),
})
const lock = defineCommand({ name: 'lock', help: 'Locks.', options: { wait: { type: 'string', requiresArg: true }, shared: { type: 'boolean' } }, argument: { name: 'NAME', of: 'lock' }, takesCommand: true, run: () => Promise.resolve(0) })
const run = defineCommand({ name: 'run', help: 'Runs.', options: { group: { type: 'string' }, name: { type: 'string' } }, takesCommand: true, run: () => Promise.resolve(0) })

async function values(...words: string[]): Promise<string[]> {
  const found = await suggest(words, { commands: new Map<string, Command>([['list', list], ['run', run], ['lock', lock], ['config show', list], ['config check', lock]]), builtIns: ['help', 'completion'], live: (option) => Promise.resolve([`${option} 1`, `${option} 2`]) })
  return found.map(({ value }) => value)
}

test.each([
  ['commands', [''], ['list', 'run', 'lock', 'config', 'help', 'completion', '--help', '--version']],
  ['a command that was begun', ['li'], ['list']],
  ['options', ['list', '--f'], ['--format']],
  ['all options, without those that were given and count once', ['list', '--format', 'json', '--group', 'a', ''], ['--group', '--name', '--backend', '--classic', '--config', '--help']],
  ['choices', ['list', '--format', ''], ['table', 'json']],
  ['choices behind a short option', ['list', '-f', 'j'], ['json']],
  ['choices behind an equals sign', ['list', '--format=t'], ['table']],
  ['what lives', ['list', '--group', ''], ['group 1', 'group 2']],
  ['what lives and was begun', ['list', '--name', 'name 2'], ['name 2']],
  ['what lives behind an equals sign', ['list', '--group='], ['group 1', 'group 2']],
  ['options behind one without a value', ['list', '--classic', '--b'], ['--backend']],
  ['nothing for a value that nobody knows', ['list', '--backend', ''], []],
  ['the groups to join', ['run', '--group', ''], ['group 1', 'group 2']],
  ['no name for a new worker', ['run', '--name', ''], []],
  ['the mark before a command', ['run', '--'], ['--group', '--name', '--config', '--help', '--']],
  ['what its argument may be', ['lock', ''], ['lock 1', 'lock 2', '--wait', '--shared', '--config', '--help', '--']],
  ['an argument that was begun', ['lock', '--wait', '5', 'lock 2'], ['lock 2']],
  ['no second argument', ['lock', '--shared', 'disk', ''], ['--wait', '--config', '--help', '--']],
  ['no argument for an option', ['lock', '--w'], ['--wait']],
  ['nothing in a command of others', ['run', '--', 'ls', '--'], []],
  ['nothing for an unknown command', ['lst', ''], []],
  ['topics and commands', ['help', ''], ['exit-codes', 'environment', 'formats', 'targets', 'list', 'run', 'lock', 'config']],
  ['the second words of a command of two', ['config', ''], ['show', 'check']],
  ['the options behind such a word', ['config', 'show', '--f'], ['--format']],
  ['shells', ['completion', ''], ['bash', 'zsh', 'fish']],
])('%s', async (_, words, expected) => {
  expect(await values(...words)).toEqual(expected)
})

test('commands and options come with the first sentence of their help', async () => {
  const none = { commands: new Map<string, Command>([['list', list]]), builtIns: [], live: () => Promise.resolve([]) }
  expect(await suggest(['li'], none)).toEqual([{ value: 'list', description: 'Lists the workers' }])
  expect(await suggest(['list', '--cl'], none)).toEqual([{ value: '--classic', description: 'Fewer columns' }])
})
