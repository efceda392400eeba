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

/** State and start time of a process, or undefined if there is none. @see proc_pid_stat(5) fields 3 and 22 */
function statOf(pid: number | 'self'): { state: string; startTime: string } | undefined {
  const text = readOr(() => readFileSync(`/proc/${pid}/stat`, 'latin1'), '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ') // the name in parentheses may hold anything
  return text === '' ? undefined : { state: fields[0] ?? '', startTime: fields[19] ?? '' }
}

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
  // A zombie answers signals but does nothing any more.
  return found === undefined || found.startTime !== startTime || found.state === 'Z' || found.state === 'X' ? 'dead' : 'alive'
}
