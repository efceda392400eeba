import { expect, test } from '@jest/globals'

import { decodeWebhook, encodeWebhook, secretsAt } from './webhook-record.js'
import type { StoredWebhook } from './webhook-record.js'

const time = '2026-11-28T10:00:00.000Z'
const stored: StoredWebhook = {
  webhook: { id: 'a1', url: 'https://hooks.example/', kinds: ['service.update'], types: ['öps'], hosts: [], status: 'disabled', disabledReason: 'gone', enabledAt: time, createdAt: time, createdBy: 'ann' },
  secrets: [{ secret: 'whsec_b', until: null }, { secret: 'whsec_a', until: time }],
  others: { later: { x: 1 } },
}
const plain = JSON.parse(Buffer.from(encodeWebhook(stored)).toString()) as object
const decode = (change: object = {}): StoredWebhook | undefined => decodeWebhook({ key: 'a1', data: Buffer.from(JSON.stringify({ ...plain, ...change })) })

test('a webhook is read as it was written, with its version and what a newer one has added', () => {
  expect(plain).toMatchObject({ v: 1, id: 'a1', later: { x: 1 } })
  expect(decode()).toEqual(stored)
})

test.each([{ id: 'b2' }, { url: 7 }, { url: 'nowhere' }, { secrets: [] }, { secrets: [{ secret: 'x', until: null }] }, { createdAt: null }, { enabledAt: undefined }])('%j makes it none that anybody tells', (change) => {
  expect(decode(change)).toBeUndefined()
})

test('a status that nobody knows is not told', () => {
  expect(decode({ status: 'paused' })?.webhook.status).toBe('disabled')
})

test('the secret before the current one signs until its time', () => {
  expect(secretsAt(stored, Date.parse(time) - 1)).toEqual(['whsec_b', 'whsec_a'])
  expect(secretsAt(stored, Date.parse(time))).toEqual(['whsec_b'])
})
