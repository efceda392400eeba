import { readFileSync } from 'node:fs'

import { expect, test } from '@jest/globals'

import type { Notification } from '../../notification/notification.js'
import { toOsloMessage } from './oslo-message.js'

test('a message is the notification in an envelope, with an id that is the same each time and the context that listeners are given', () => {
  const notification = JSON.parse(readFileSync(new URL('../../../samples/service-update.json', import.meta.url), 'utf8')) as Notification
  const envelope = JSON.parse(toOsloMessage(notification).toString()) as Record<string, string>
  expect(Object.keys(envelope)).toEqual(['oslo.version', 'oslo.message'])
  expect(envelope['oslo.version']).toBe('2.0')
  expect(JSON.parse(envelope['oslo.message'] ?? '')).toEqual({
    ...notification,
    _unique_id: 'ce9e64b08b4d4055a07ef4c872411ca7',
    _context_request_id: 'req-ce9e64b0-8b4d-4055-a07e-f4c872411ca7',
    _context_user_id: 'ann',
    _context_project_id: null,
    _context_is_admin: true,
    _context_timestamp: '2026-11-21T00:57:06.700000',
  })
  expect(toOsloMessage(notification)).toEqual(toOsloMessage(notification))
})
