import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'

import { findCommand } from './find-command.js'

/** The system's error, with the exit status of a shell for it. */
export interface NotStarted {
  readonly error: Error
  readonly status: 126 | 127
}

export interface RunningCommand {
  readonly pid: number
  /** Resolves with the exit status when the command has ended: its own, or 128 + n if signal n ended it. */
  readonly ended: Promise<number>
  /** Sends it a signal; nothing happens if it has ended. */
  signal(name: NodeJS.Signals): void
  /** Stops passing signals on; they act on this process again. */
  release(): void
}

/**
 * Starts a command without a shell, in the process group and on the terminal of this process. From then on TERM, HUP,
 * QUIT, USR1 and USR2 are passed on to it, and INT when stdin is no terminal (a terminal sends INT to both by itself).
 * On Linux the system sends it TERM should this process die. `onTerminate` is called when TERM has been passed on.
 */
export async function startCommand(command: string, args: readonly string[], searchPath: string | undefined, onTerminate: () => void): Promise<RunningCommand | NotStarted> {
  const [program = command, ...words] = [...(await tieToThisProcess(searchPath)), command, ...args]
  const child = spawn(program, words, { stdio: 'inherit' })
  const release = passSignalsOn(child, onTerminate)
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]))
  })
  const error = await new Promise<Error | undefined>((resolve) => child.once('spawn', () => resolve(undefined)).once('error', resolve))
  if (error === undefined && child.pid !== undefined) return { pid: child.pid, ended, signal: (name) => void child.kill(name), release }
  release()
  return { error: error ?? new Error('it has no process id'), status: error !== undefined && 'code' in error && error.code === 'ENOENT' ? 127 : 126 }
}

/**
 * `setpriv` asks the kernel to send the command TERM when this process dies, then becomes the command: same pid, no
 * wrapper left. Busybox and old util-linux have a setpriv without that option.
 */
async function tieToThisProcess(searchPath: string | undefined): Promise<string[]> {
  if (process.platform !== 'linux') return []
  const setpriv = await findCommand('setpriv', searchPath)
  if (!('path' in setpriv)) return []
  const options = ['--pdeathsig', 'TERM', '--']
  const trial = spawnSync(setpriv.path, [...options, setpriv.path, '--version'], { stdio: 'ignore', timeout: 1000 })
  return trial.status === 0 ? [setpriv.path, ...options] : []
}

function passSignalsOn(child: ChildProcess, onTerminate: () => void): () => void {
  const listeners = (['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT'] as const).map((signal) => {
    const listener = (): void => {
      if (signal !== 'SIGINT' || !isatty(0)) child.kill(signal)
      if (signal === 'SIGTERM') onTerminate()
    }
    process.on(signal, listener)
    return [signal, listener] as const
  })
  return () => listeners.forEach(([signal, listener]) => process.off(signal, listener))
}
