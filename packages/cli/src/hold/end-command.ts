import { setTimeout as delay } from 'node:timers/promises'

import type { RunningCommand } from '../run/start-command.js'
import { descendantsOf, isRunning, signalProcess } from './process-tree.js'
import type { FoundProcess } from './process-tree.js'

const pauseMs = 20
/** A process that forks faster than it can be stopped is left alone after so many looks. */
const mostLooks = 20

/**
 * Ends a command and every process below it: TERM, and KILL after `graceMs` to those that are still there, which `onKill` is told. A
 * shell ends at TERM and leaves what it has started behind, so TERM goes to all of them. Resolves when none of them runs any more.
 */
export async function endCommand(command: RunningCommand, graceMs: number, onKill: () => void): Promise<void> {
  const deadline = performance.now() + graceMs
  let below = descendantsOf(command.pid)
  command.signal('SIGTERM')
  below = below.filter((process) => signalProcess(process, 'SIGTERM'))
  const isDone = (): boolean => command.hasEnded && !below.some(isRunning)
  while (!isDone() && performance.now() < deadline) await delay(pauseMs)
  if (isDone()) return
  onKill()
  below = stopAll(command, below)
  command.signal('SIGKILL')
  below = below.filter((process) => signalProcess(process, 'SIGKILL'))
  while (!isDone()) await delay(pauseMs) // as long as the system takes: nobody may be let in before
}

/** Stops them all before any is killed, so that none has a child in the meantime that would then be nobody's. Returns those below. */
function stopAll(command: RunningCommand, known: readonly FoundProcess[]): FoundProcess[] {
  command.signal('SIGSTOP')
  const roots = [...(command.hasEnded ? [] : [command.pid]), ...known.map(({ pid }) => pid)]
  const stopped = new Map<number, FoundProcess>()
  for (let look = 0; look < mostLooks; look += 1) {
    const found = [...known, ...roots.flatMap(descendantsOf)].filter((process) => !stopped.has(process.pid) && signalProcess(process, 'SIGSTOP'))
    if (found.length === 0) break
    for (const process of found) stopped.set(process.pid, process)
  }
  return [...stopped.values()]
}
