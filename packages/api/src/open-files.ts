import { readFileSync } from 'node:fs'

import type { Logger } from '@muster/common'
import { InvalidArgument } from '@muster/common'

/** For the store, the log, and what else is no client. */
const filesBesideConnections = 256

/** How many files this process may open: Node raises its own limit as far as it may. Undefined where the system does not tell (elsewhere than on Linux). */
function openFileLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}

/** As many connections as were asked for, or fewer: a server that has no file left for its store serves nobody. @throws InvalidArgument */
export function connectionsWithin(asked: number, logger: Logger, files = openFileLimit()): number {
  if (!Number.isInteger(asked) || asked < 10) throw new InvalidArgument('max-connections', `${asked} is no number of connections`, { hint: 'Give a whole number, at least 10.' })
  const most = Math.max(10, (files ?? Infinity) - filesBesideConnections)
  if (asked <= most) return asked
  logger.warn({ connections: most, asked, openFiles: files }, 'this process may open so few files that there are fewer connections: see ulimit -n')
  return most
}
