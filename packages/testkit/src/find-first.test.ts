import { expect, test } from '@jest/globals'

import { findFirst } from './find-first.js'
import { describeMissing } from './postgresql/locate.js'
import { installOnDebian } from './postgresql/install.js'

const refuse = (reason: string) => () => Promise.reject(new Error(reason))

test('the first place that serves is taken, and why the ones before it did not is kept', async () => {
  const found = await findFirst([['a', refuse('not here')], ['b', () => Promise.resolve('b')], ['c', refuse('not asked')]], () => undefined, {})
  expect(found).toEqual({ provider: 'b', tried: [{ place: 'a', reason: 'not here' }] })
})

test('when no place serves people are told all reasons and what to install', async () => {
  const { provider, tried } = await findFirst([['a', refuse('not here')], ['another', refuse('nor there')]], () => undefined, {})
  expect(provider).toBeUndefined()
  for (const line of [/^No PostgreSQL to run the tests with/, /^ {2}a {8}not here$/m, /^ {2}another {2}nor there$/m, /apt-get install postgresql$/m]) expect(describeMissing(tried)).toMatch(line)
})

test('SVC_TEST_INSTALL=0 installs no PostgreSQL', async () => {
  await expect(installOnDebian({ SVC_TEST_INSTALL: '0' }, () => undefined)).rejects.toThrow('turned off by SVC_TEST_INSTALL=0')
})
