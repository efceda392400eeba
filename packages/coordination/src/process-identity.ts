import { readFileSync, readlinkSync } from 'node:fs'

/** Names one process on one host for as long as the host runs: a pid alone may be used again. */
export interface ProcessIdentity {
  readonly bootId: string
  /** Pids are comparable only within one pid namespace (a container has its own). */
  readonly pidNamespace: string
  readonly pid: number
  /** Start time in clock ticks since boot; empty where the system does not tell. */
  readonly startTime: string
}

// Without /proc (other systems than Linux) identities are never comparable, and a lease alone decides.
const unidentified = ''

function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

export interface ProcessStat {
  readonly state: string
  readonly parent: number
  readonly startTime: string
}

/** How a process stands, or undefined if there is none, or no /proc. @see proc_pid_stat(5) fields 3, 4 and 22 */
export function statOf(pid: number | 'self'): ProcessStat | undefined {
  const text = readOr(() => readFileSync(`/proc/${pid}/stat`, 'latin1'), '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ') // the name in parentheses may hold anything
  return text === '' ? undefined : { state: fields[0] ?? '', parent: Number(fields[1]), startTime: fields[19] ?? '' }
}

/** A zombie answers signals but does nothing any more. */
export const isOver = (stat: ProcessStat | undefined): boolean => stat === undefined || stat.state === 'Z' || stat.state === 'X'

/** The identity of this process. */
export const ownIdentity: ProcessIdentity = Object.freeze({
  bootId: readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(), unidentified),
  pidNamespace: readOr(() => readlinkSync('/proc/self/ns/pid'), unidentified),
  pid: process.pid,
  startTime: statOf('self')?.startTime ?? unidentified,
})

/** Whether the process is there: `unknown` when it is out of sight (another host, another pid namespace). */
export function lookAt({ bootId, pidNamespace, pid, startTime }: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (bootId === unidentified || pidNamespace !== ownIdentity.pidNamespace || bootId !== ownIdentity.bootId) return 'unknown'
  const found = statOf(pid)
  return isOver(found) || found?.startTime !== startTime ? 'dead' : 'alive'
}
