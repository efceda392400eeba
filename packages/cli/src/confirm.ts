import { InvalidArgument } from '@muster/common'

import type { Io } from './io.js'
import { say } from './io.js'
import { safeText } from './safe-text.js'

/** The status of a command that was declined at its question. */
export const cancelledStatus = 2

/** Gets ready to ask: what it gives asks a question and resolves with whether the answer was yes. @throws InvalidArgument where there is nobody to ask */
export async function openQuestion(io: Io, hint = 'Give --yes to do it without a question.'): Promise<(question: string) => Promise<boolean>> {
  const terminal = await io.terminal()
  if (!terminal) throw new InvalidArgument('yes', 'There is no terminal to ask on', { hint })
  return async (question) => {
    io.writeError(`svc: ${safeText(question)}? [y/N] `)
    const isYes = /^\s*y(es)?\s*$/i.test(await terminal.readLine())
    if (!isYes) say(io, 'nothing was changed')
    return isYes
  }
}
