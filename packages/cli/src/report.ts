import { exitStatusByCode, isMusterError, messageOf } from '@muster/common'

import type { Io } from './io.js'
import { say } from './io.js'

/** Says on stderr what went wrong and what to do about it; returns the exit status. `SVC_LOG=debug` adds the stack. */
export function report(error: unknown, io: Io): number {
  say(io, messageOf(error))
  if (isMusterError(error) && error.hint !== undefined) say(io, error.hint)
  if (io.env.SVC_LOG === 'debug' && error instanceof Error) error.stack?.split('\n').forEach((line) => say(io, line))
  return isMusterError(error) ? exitStatusByCode[error.code] : 1
}
