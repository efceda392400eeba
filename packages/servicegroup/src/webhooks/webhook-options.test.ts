import { expect, test } from '@jest/globals'

import { checkWebhook, checkWebhookState } from './webhook-options.js'

test('a URL is kept in its normal form, without what never reaches a server', () => {
  expect(checkWebhook({ url: 'HTTPS://Hooks.Example:443/a b#c' })).toEqual({ url: 'https://hooks.example/a%20b', kinds: [], types: [], hosts: [] })
  expect(checkWebhook({ url: 'http://10.0.0.1/', kinds: ['service.update'], types: ['api'], hosts: ['h1'] })).toMatchObject({ kinds: ['service.update'], types: ['api'], hosts: ['h1'] })
})

test.each(['', 'hooks.example', 'ftp://hooks.example/', 'file:///etc/passwd', 'https://ann:secret@hooks.example/', 'https://ann@hooks.example/', `https://hooks.example/${'a'.repeat(2048)}`])(
  '%j is no URL of a webhook, and is not in the error',
  (url) => {
    expect(() => checkWebhook({ url })).toThrow(expect.objectContaining({ code: 'invalid_argument', argument: 'url', message: expect.not.stringContaining('secret') }))
  },
)

test.each([{ kinds: ['service.updat'] }, { types: [''] }, { hosts: ['h'.repeat(256)] }, { types: Array.from({ length: 51 }, (_, i) => `t${i}`) }])('%j is no filter', (filter) => {
  expect(() => checkWebhook({ url: 'https://hooks.example/', ...filter })).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})

test('a kind that was misspelt is named', () => {
  expect(() => checkWebhook({ url: 'https://hooks.example/', kinds: ['service.updated'] })).toThrow("Did you mean 'service.update'?")
})

test('a state has a reason only where it is disabled', () => {
  expect(checkWebhookState({ status: 'enabled' })).toEqual({ status: 'enabled', disabledReason: null })
  expect(checkWebhookState({ status: 'disabled', disabledReason: 'moved' })).toEqual({ status: 'disabled', disabledReason: 'moved' })
  for (const state of [{ status: 'enabled', disabledReason: 'moved' }, { status: 'disabled', disabledReason: 'x'.repeat(256) }] as const) expect(() => checkWebhookState(state)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  expect(() => checkWebhookState({ status: 'off' as 'disabled' })).toThrow(expect.objectContaining({ argument: 'status' }))
})
