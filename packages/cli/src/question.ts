import { InvalidArgument } from '@muster/common'

import { say } from './io.js'
import type { Io } from './io.js'
import { safeText } from './safe-text.js'

/** Declined at the question. */
export const cancelledStatus = 2

/** Makes what asks before something is done: false for no, and says so. Nobody is asked unless `isAsked`. @throws InvalidArgument when nobody can be */
export async function openQuestion(isAsked: boolean, io: Io, hint = 'Give --yes to do it without a question, or --dry-run to see what it would change.'): Promise<(question: string) => Promise<boolean>> {
  if (!isAsked) return () => Promise.resolve(true)
  const terminal = await io.terminal()
  if (!terminal) throw new InvalidArgument('yes', 'There is no terminal to ask on', { hint })
  return async (question) => {
    io.writeError(`svc: ${safeText(question)} [y/N] `)
    const isYes = /^\s*y(es)?\s*$/i.test(await terminal.readLine())
    if (!isYes) say(io, 'nothing was changed')
    return isYes
  }
}
