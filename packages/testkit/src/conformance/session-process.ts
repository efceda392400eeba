// A process of its own for the suite: opens a session on the URL it is given and does what it is told.
import { openSession, ownIdentity } from '@muster/coordination/internal'
import type { Address, CommitOptions, Entry, Op, Ownership, Session } from '@muster/coordination/internal'

import { bootTime, toBootTime } from '../boot-clock.js'
import { answerCalls } from '../remote-calls.js'

/** What a session says of itself at one moment, on the clock that all processes share. */
export interface Standing {
  readonly epoch: number
  readonly now: number
  readonly trustedUntil: number
}

export interface Interruption {
  readonly before: Standing
  /** Taken before anything else could run. */
  readonly after: Standing
}

const [url = ''] = process.argv.slice(2)
const session: Session = await openSession(url)

const states: { state: string; epoch: number; sessionEpoch: number; trustedUntil: number }[] = []
void (async () => {
  for await (const { state, epoch } of session.states()) states.push({ state, epoch, sessionEpoch: session.epoch, trustedUntil: session.trustedUntil() })
})()

const standing = (): Standing => ({ epoch: session.epoch, now: bootTime(), trustedUntil: toBootTime(session.trustedUntil()) })

function interruptedBy(what: () => void): Interruption {
  const before = standing()
  what()
  while (bootTime() < before.now + 50); // a signal to a process may reach this thread a moment later
  return { before, after: standing() }
}

const functions = {
  commit: (ops: readonly Op[], options?: CommitOptions) => session.commit(ops, options),
  read: (at: Address): Promise<Entry | undefined> => session.read(at),
  list: (collection: string) => session.list(collection),
  ownership: (entry: Entry): Promise<Ownership> => session.ownership(entry),
  states: () => states,
  identity: () => ownIdentity,
  standing,
  /** Stops itself as SIGSTOP from outside would; answers when it is continued. */
  stop: () => interruptedBy(() => process.kill(process.pid, 'SIGSTOP')),
  /** Does not return to its event loop for so long. */
  hang: (ms: number) => interruptedBy(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)),
  close: () => session.close(),
}

export type SessionFunctions = typeof functions

answerCalls(functions)
