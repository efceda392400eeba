import { isMusterError, LockAcquireFailed, OperationTimedOut, parseDuration } from '@muster/common'
import type { Holding, Lock } from '@muster/coordination'

import { answerWithin } from '../answer-within.js'
import { defineCommand } from '../command.js'
import { settingOption } from '../config/settle.js'
import { describeHolders } from '../hold/contender-columns.js'
import { holdHelp } from '../hold/help.js'
import { runWhileHeld } from '../hold/run-while-held.js'
import { resolveBackend } from '../target.js'

export const command = defineCommand({
  name: 'lock',
  help: `Runs a command while it holds a lock that all hosts of the backend share: one at a time, first come, first served.

  svc lock nightly -- ./report
  svc lock --wait 10s nightly -- ./report      at most 10 s, then 124
  svc lock --wait 0 nightly -- ./report        now or not at all: 75 if another holds it
  svc lock --shared disk -- ./read-only        together with others that share

${holdHelp('the lock')}`,
  options: {
    wait: { type: 'string', requiresArg: true, describe: 'How long to wait for it at most, e.g. 500ms, 10s, 5m; 0 tries once; else for ever' },
    shared: { type: 'boolean', describe: 'Share it with others that do; wait only for those who want it alone' },
    backend: settingOption('backend', 'Backend that holds the lock'),
  },
  argument: { name: 'NAME', of: 'lock' },
  takesCommand: true,
  run: async ({ wait, shared, backend }, io, command, name = '') => {
    const timeoutMs = wait === undefined ? undefined : parseDuration(wait, '--wait')
    const prize = {
      what: `lock '${name}'`,
      win: (coordinator, signal) => acquire(coordinator.getLock(name), { shared, timeoutMs, signal }),
      whoHas: async (coordinator, signal) => describeHolders(await coordinator.getLock(name).contenders({ signal })),
    } satisfies Parameters<typeof runWhileHeld>[0]
    return runWhileHeld(prize, command, resolveBackend({ backend }, io.env), io)
  },
})

interface Acquire {
  readonly shared: boolean | undefined
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal
}

/** Says of a lock that it did not get who holds it. @throws LockAcquireFailed, OperationTimedOut; BackendUnreachable if nobody can say */
async function acquire(lock: Lock, options: Acquire): Promise<Holding> {
  try {
    return await lock.acquire({ ...options, keepPlace: true })
  } catch (error) {
    if (options.signal.aborted) throw error
    if (isMusterError(error, 'lock_acquire_failed')) throw new LockAcquireFailed(lock.name, { hint: (await whoHolds(lock).catch(() => undefined)) ?? 'Another holds it.', cause: error })
    if (isMusterError(error, 'operation_timed_out')) throw new OperationTimedOut(`Waiting for lock '${lock.name}'`, options.timeoutMs ?? 0, { hint: (await whoHolds(lock)) ?? 'It has become free just now.', cause: error })
    throw error
  }
}

const answerTimeoutMs = 1000

async function whoHolds(lock: Lock): Promise<string | undefined> {
  const holders = describeHolders(await answerWithin(answerTimeoutMs, (signal) => lock.contenders({ signal }), { reason: 'no answer while waiting for the lock' }))
  return holders && `It is ${holders}`
}
