import type { Notification } from '../../notification/notification.js'

/** How oslo.messaging's own publisher sends. @see oslo.messaging's _drivers/impl_rabbit.py and kombu */
export const osloProperties = { contentType: 'application/json', contentEncoding: 'utf-8', deliveryMode: 2, priority: 0, headers: {} } as const

/**
 * A notification in oslo.messaging's envelope 2.0. `_unique_id` is the change's: a listener drops what it has just heard, and anybody can.
 * @see oslo.messaging's _drivers/common.py
 */
export function toOsloMessage(notification: Notification): Buffer {
  const id = notification.message_id
  const context = { request_id: `req-${id}`, user_id: notification.actor, project_id: null, is_admin: true, timestamp: notification.timestamp.replace(' ', 'T') }
  const keyed = Object.fromEntries(Object.entries(context).map(([key, value]) => [`_context_${key}`, value]))
  const message = { ...notification, _unique_id: id.replaceAll('-', ''), ...keyed }
  return Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) }))
}
