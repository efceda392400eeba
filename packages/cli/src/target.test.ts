import { expect, test } from '@jest/globals'

import { resolveTarget } from './target.js'

const env = { SVC_ENDPOINT: 'http://127.0.0.1:8999', SVC_BACKEND: 'embedded:/srv/muster' }

test.each([
  ['an option goes before the environment', { backend: 'embedded:/x' }, env, { backend: 'embedded:/x' }],
  ['--endpoint goes before the environment', { endpoint: 'http://h:1' }, env, { endpoint: 'http://h:1' }],
  ['SVC_ENDPOINT goes before SVC_BACKEND', {}, env, { endpoint: 'http://127.0.0.1:8999' }],
  ['an empty SVC_ENDPOINT is none', {}, { ...env, SVC_ENDPOINT: '' }, { backend: 'embedded:/srv/muster' }],
  ['without anything it is the embedded store', {}, {}, { backend: 'embedded:' }],
])('%s', (_, options, environment, target) => {
  expect(resolveTarget(options, environment)).toEqual(target)
})

test('--endpoint together with --backend is refused', () => {
  expect(() => resolveTarget({ endpoint: 'http://h:1', backend: 'embedded:' }, {})).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})
