import { InvalidArgument } from '@muster/common'

import type { Io } from '../io.js'
import { say } from '../io.js'
import { safeText } from '../safe-text.js'
import type { Terminal } from '../terminal.js'

/** Declined at the question. */
export const cancelledStatus = 2

/** Who is asked before something is written. @throws InvalidArgument when there is nobody */
export async function mustAsk(io: Io): Promise<Terminal> {
  const terminal = await io.terminal()
  if (!terminal) throw new InvalidArgument('yes', 'There is no terminal to ask on', { hint: 'Give --yes to do it without a question, or --dry-run to see what it would change.' })
  return terminal
}

/** Asks, and says so when the answer is not yes. */
export async function isConfirmed(terminal: Terminal, question: string, io: Io): Promise<boolean> {
  io.writeError(`svc: ${safeText(question)}? [y/N] `)
  if (/^\s*y(es)?\s*$/i.test(await terminal.readLine())) return true
  say(io, 'nothing was changed')
  return false
}
