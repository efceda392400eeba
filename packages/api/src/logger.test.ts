import { expect, test } from '@jest/globals'

import { createLogger } from './logger.js'

test('a misspelt SVC_LOG is refused with the level that was meant', () => {
  const message = "SVC_LOG: 'debgu' is not a level. Did you mean 'debug'?"
  expect(() => createLogger({ SVC_LOG: 'debgu' })).toThrow(expect.objectContaining({ code: 'invalid_argument', message, hint: expect.stringContaining('trace, debug') }))
})
