import { expect, test } from '@jest/globals'
import { Webhook } from 'standardwebhooks'

import { signedHeaders } from './signature.js'

const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`
const body = Buffer.from('{"type":"service.update","note":"öps"}')

test('receivers with the library of Standard Webhooks accept what is signed with their secret, the current one or the one before', () => {
  const headers = signedHeaders('m1', Date.now(), body, [secretOf(1), secretOf(2)])
  expect(headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/)
  for (const byte of [1, 2]) expect(new Webhook(secretOf(byte)).verify(body.toString(), headers)).toMatchObject({ type: 'service.update' })
  expect(() => new Webhook(secretOf(3)).verify(body.toString(), headers)).toThrow('No matching signature')
})

test('what was changed on the way, or is older than five minutes, is refused by them', () => {
  const headers = signedHeaders('m1', Date.now(), body, [secretOf(1)])
  expect(() => new Webhook(secretOf(1)).verify(body.toString().replace('update', 'delete'), headers)).toThrow('No matching signature')
  expect(() => new Webhook(secretOf(1)).verify(body.toString(), { ...headers, 'webhook-id': 'm2' })).toThrow('No matching signature')
  expect(() => new Webhook(secretOf(1)).verify(body.toString(), signedHeaders('m1', Date.now() - 360_000, body, [secretOf(1)]))).toThrow('too old')
})
