import { homedir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'

import { parseBackendUrl } from './backend-url.js'
import { parseSqlOptions } from './drivers/sql/sql-options.js'
import { openSession } from './open-session.js'

const parse = (url: string): ReturnType<typeof parseSqlOptions> => parseSqlOptions(parseBackendUrl(url, ['embedded']))

test.each([
  ['embeded:', /Unknown backend 'embeded'. Did you mean 'embedded'\?/],
  ['redis://localhost', /Unknown backend 'redis'\.$/],
  ['/var/lib/muster', /is not a backend URL/],
  ['embedded:?timout=5s', /Unknown option 'timout' in the embedded URL. Did you mean 'timeout'\?/],
  ['embedded:?timeout=soon', /'soon' is not a duration/],
  ['embedded:?timeout=1ms', /out of range/],
  ['embedded:?timeout=5s&timeout=6s', /given twice/],
  ['embedded:?namespace=a/b', /namespace/],
  ['embedded://host/folder', /names no folder on this host/],
])('%s is refused in words that help', async (url, message) => {
  await expect(openSession(url)).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) })
})

test('the folder, the timeout and the namespace are read from the URL', () => {
  expect(parse('embedded:')).toEqual({ file: join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'muster', 'store.db'), namespace: 'tooz', timeoutMs: 10_000 })
  expect(parse('embedded:/srv/x?timeout=2s&namespace=blue')).toEqual({ file: '/srv/x/store.db', namespace: 'blue', timeoutMs: 2000 })
  expect(parse('embedded:///srv/a%20b?timeout=1h').file).toBe('/srv/a b/store.db')
  expect(parse('EMBEDDED:data').file).toBe(join(process.cwd(), 'data', 'store.db'))
})
