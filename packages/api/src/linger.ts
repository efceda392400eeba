import type { Duplex } from 'node:stream'

import { limits } from './limits.js'

/**
 * After an answer that came before the end of its request: what the client still sends is thrown away for a moment, then no more is
 * read, then it is cut. To cut at once would take the answer from a client that has not read it; to read on would be work without end.
 */
export function linger(socket: Duplex, isWhole: () => boolean): void {
  setTimeout(() => {
    if (!isWhole()) socket.pause()
  }, limits.throwAwayMs).unref()
  setTimeout(() => {
    if (!isWhole()) socket.destroy()
  }, limits.lingerMs).unref()
}
