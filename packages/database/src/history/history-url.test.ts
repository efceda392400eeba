import { expect, test } from '@jest/globals'

import { parseHistoryUrl } from './history-url.js'

test.each([
  ['sqlite:/srv/history.db', { kind: 'sqlite', file: '/srv/history.db', shown: '/srv/history.db' }],
  ['sqlite:///srv/history.db', { kind: 'sqlite', file: '/srv/history.db', shown: '/srv/history.db' }],
  ['sqlite:here.db', { kind: 'sqlite', file: 'here.db', shown: 'here.db' }],
])('%s is a file', (url, place) => expect(parseHistoryUrl(url)).toEqual(place))

test('a server is shown without its password', () => {
  const url = 'postgresql://ann:secret@db.example.org:5433/muster?sslmode=require'
  expect(parseHistoryUrl(url)).toEqual({ kind: 'postgresql', url, shown: 'postgresql://db.example.org:5433/muster' })
})

test.each(['', 'history.db', 'sqlite:', 'sqlite://host/file', 'postgresql://', 'mysql://ann:secret@host/db', 'sqllite:/srv/history.db'])("'%s' is refused without telling a password", (url) => {
  expect(() => parseHistoryUrl(url)).toThrow(expect.objectContaining({ code: 'invalid_argument', message: expect.not.stringContaining('secret') }))
})

test.each([
  ['sslmod=require', "'sslmod' is no option of a PostgreSQL database. Did you mean 'sslmode'?"],
  ['sslmode=verify_full', "'verify_full' is no sslmode. Did you mean 'verify-full'?"],
  ['password=secret', "'password' is no option of a PostgreSQL database."],
])('the option %s of a server is refused with what it may be', (query, message) => {
  expect(() => parseHistoryUrl(`postgresql://db.example.org/muster?${query}`)).toThrow(expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(message) }))
})
