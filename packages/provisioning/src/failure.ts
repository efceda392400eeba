import { messageOf } from '@muster/common'

import { mostEventInfo } from './limits.js'

/** What a failure's event says: the message, the id that the log has too, then the stack, cut where it is too long. */
export function describeFailure(error: unknown, errorId: string): string {
  const head = `${typeof error === 'string' ? error : messageOf(error)}\nError ID: ${errorId}`
  const stack = error instanceof Error ? error.stack : undefined
  if (!stack) return head
  const room = mostEventInfo - Buffer.byteLength(head) - 1
  return room > 0 ? `${head}\n${Buffer.from(stack).subarray(0, room).toString('utf8').replace(/\uFFFD+$/, '')}` : head
}
