import { readdirSync } from 'node:fs'

import { isOver, statOf } from '@muster/coordination/internal'

/** A process, told from a later one with the same pid. */
export interface FoundProcess {
  readonly pid: number
  readonly startTime: string
}

/** All processes below this one, parents first; none where the system has no /proc. What has left its parent (a daemon) is not found. */
export function descendantsOf(pid: number): FoundProcess[] {
  const children = new Map<number, FoundProcess[]>()
  for (const name of pidsInProc()) {
    const stat = statOf(Number(name))
    if (stat === undefined || isOver(stat)) continue
    const siblings = children.get(stat.parent) ?? []
    children.set(stat.parent, [...siblings, { pid: Number(name), startTime: stat.startTime }])
  }
  const found: FoundProcess[] = [...(children.get(pid) ?? [])]
  for (const process of found) found.push(...(children.get(process.pid) ?? [])) // which the loop comes to as well
  return found
}

function pidsInProc(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** False when it is gone, or only waits for its parent to notice. */
export function isRunning({ pid, startTime }: FoundProcess): boolean {
  const stat = statOf(pid)
  return !isOver(stat) && stat?.startTime === startTime
}

/** Sends it a signal. False when it is gone, or another user's. */
export function signalProcess(found: FoundProcess, signal: NodeJS.Signals): boolean {
  try {
    return isRunning(found) && process.kill(found.pid, signal)
  } catch {
    return false
  }
}
