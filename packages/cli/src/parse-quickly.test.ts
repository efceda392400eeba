import { expect, test } from '@jest/globals'
import yargs from 'yargs'

import { parseQuickly, parserRules } from './parse-quickly.js'

const options = {
  group: { type: 'string', array: true, requiresArg: true },
  name: { type: 'string', requiresArg: true },
  classic: { type: 'boolean' },
  format: { alias: 'f', type: 'string', choices: ['table', 'json'], default: 'table', requiresArg: true },
  column: { alias: 'c', type: 'string', array: true, requiresArg: true },
  'max-width': { type: 'string', requiresArg: true },
} as const

test.each([
  [[]],
  [['--classic']],
  [['--group', 'a', '--group', 'b', '-f', 'json']],
  [['--group=a b', '--name', '007', '--max-width=-5']],
  [['-f', 'json', '--name=', 'word', '-']],
  [['-c', 'Name', '--column', 'Process Id', '--max-width', '5']],
  [['--name=a=b', 'word', 'stray']],
])('%j is parsed as yargs itself parses it', (words) => {
  const args = yargs().options(options).help(false).version(false).parserConfiguration(parserRules).fail(false).parseSync(words)
  expect({ ...parseQuickly(options, words), $0: args.$0 }).toEqual(args)
})

test('a letter and its value may be one word', () => {
  expect(parseQuickly(options, ['-fjson', '-cName'])).toMatchObject({ format: 'json', column: ['Name'] })
})

test.each([
  [['--group']],
  [['--format', 'yaml']],
  [['-f']],
  [['-f=json']],
  [['--name', '--classic']],
  [['--name', '"a"']],
  [['--name', 'a', '--name', 'b']],
  [['--max-width', '-5']],
  [['--unknown', 'word']],
])('%j is left to yargs to explain', (words) => {
  expect(parseQuickly(options, words)).toBeUndefined()
})

test('an option with choices and no default may be left out', () => {
  const options = { state: { type: 'string', array: true, choices: ['up', 'down'] } } as const
  expect(parseQuickly(options, [])).toEqual({ _: [] })
  expect(parseQuickly(options, ['--state', 'up'])).toMatchObject({ state: ['up'] })
  expect(parseQuickly(options, ['--state', 'gone'])).toBeUndefined()
})
