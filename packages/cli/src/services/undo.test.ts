import { spawnSync } from 'node:child_process'

import { expect, test } from '@jest/globals'

import { commandLine, shellWord } from './undo.js'

test.each(['plain@host-1', `it's`, '', 'a b', '$HOME `id` "x" \\', '*', 'ü'])('a shell reads %j back as it was', (word) => {
  expect(spawnSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' }).stdout).toBe(word)
})

test('the place is part of the command, unless it holds a password', () => {
  expect(commandLine(['enable', 'a@b'], { backend: 'zookeeper://zk1,zk2/x?timeout=5s' })).toBe(`svc enable a@b --backend 'zookeeper://zk1,zk2/x?timeout=5s'`)
  expect(commandLine(['enable', 'a@b'], { endpoint: 'http://h:8999' })).toBe('svc enable a@b --endpoint http://h:8999')
  expect(commandLine(['enable', 'a@b'], { endpoint: 'https://h', 'token-file': '/run/secrets/svc token' })).toBe(`svc enable a@b --endpoint https://h --token-file '/run/secrets/svc token'`)
  expect(commandLine(['enable', 'a@b'], { backend: 'zookeeper://ann:secret@zk1' })).toBe('svc enable a@b')
})
