import { expect, test } from '@jest/globals'

import { decodeToken, encodeToken } from './token-record.js'
import type { StoredToken } from './token-record.js'

const stored: StoredToken = {
  token: { id: 'a1', name: 'öps', role: 'operator', createdAt: '2026-11-28T10:00:00.000Z', expiresAt: null, createdBy: 'ann', source: null },
  hash: 'ab'.repeat(32),
}
const decode = (content: object): StoredToken | undefined => decodeToken({ key: 'a1', data: Buffer.from(JSON.stringify(content)) })
const plain = JSON.parse(Buffer.from(encodeToken(stored)).toString()) as object

test('a token is read as it was written, with its version', () => {
  expect(plain).toMatchObject({ v: 1, id: 'a1', hash: stored.hash })
  expect(decode(plain)).toEqual(stored)
  expect(decode({ ...plain, later: true })).toEqual(stored)
})

test.each([{ role: 'root' }, { hash: '' }, { hash: null }, { expiresAt: 'never' }, { expiresAt: undefined }, { id: 'b2' }, { createdAt: 7 }])('%j opens nothing', (change) => {
  expect(decode({ ...plain, ...change })).toBeUndefined()
})
