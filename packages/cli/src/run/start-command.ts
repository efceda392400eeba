import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { isatty } from 'node:tty'

import { findCommand } from './find-command.js'

/** Why a command does not run, in a sentence, with the exit status of a shell for it. */
export interface NotStarted {
  readonly sentence: string
  readonly status: 126 | 127
}

export interface StartOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Called when TERM has been passed on. */
  readonly onTerminate?: () => void
  /** True to read its stdout here. Default false: it has that of this process. */
  readonly pipesStdout?: boolean
}

/** A command that is there and can be started. */
export interface PreparedCommand {
  /**
   * Starts it without a shell, in the process group and on the terminal of this process. From this call on TERM, HUP,
   * QUIT, USR1 and USR2 are passed on to it, and INT when stdin is no terminal (a terminal sends INT to both by itself).
   */
  start(options?: StartOptions): Promise<RunningCommand | NotStarted>
}

export interface RunningCommand {
  readonly pid: number
  /** Null unless it is read here. */
  readonly stdout: Readable | null
  /** Resolves with the exit status when the command has ended: its own, or 128 + n if signal n ended it. */
  readonly ended: Promise<number>
  readonly hasEnded: boolean
  /** Sends it a signal; nothing happens if it has ended. */
  signal(name: NodeJS.Signals): void
  /** Stops passing signals on; they act on this process again. */
  release(): void
}

/** Looks the command up. Should this process die, the system sends the command `atDeath` (on Linux). */
export async function prepareCommand([program = '', ...args]: readonly string[], searchPath: string | undefined, atDeath: 'TERM' | 'KILL'): Promise<PreparedCommand | NotStarted> {
  const found = await findCommand(program, searchPath)
  if ('status' in found) return { sentence: `${program}: ${found.status === 127 ? 'command not found' : 'not executable'}`, status: found.status }
  const tie = await tieToThisProcess(searchPath, atDeath)
  return { start: (options) => start([...tie, program, ...args], program, options) }
}

async function start([program = '', ...words]: readonly string[], name: string, { env = {}, onTerminate = () => {}, pipesStdout = false }: StartOptions = {}): Promise<RunningCommand | NotStarted> {
  const child = spawn(program, words, { stdio: ['inherit', pipesStdout ? 'pipe' : 'inherit', 'inherit'], env: { ...process.env, ...env } })
  const release = passSignalsOn(child, onTerminate)
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]))
  })
  const error = await new Promise<Error | undefined>((resolve) => child.once('spawn', () => resolve(undefined)).once('error', resolve))
  if (error === undefined && child.pid !== undefined) {
    return {
      pid: child.pid,
      stdout: child.stdout,
      ended,
      get hasEnded() {
        return child.exitCode !== null || child.signalCode !== null
      },
      signal: (signal) => void child.kill(signal),
      release,
    }
  }
  release()
  const status = error !== undefined && 'code' in error && error.code === 'ENOENT' ? 127 : 126
  return { sentence: `${name}: cannot be started: ${error?.message ?? 'it has no process id'}`, status }
}

/**
 * `setpriv` asks the kernel to send the command a signal when this process dies, then becomes the command: same pid, no
 * wrapper left. Busybox and old util-linux have a setpriv without that option.
 */
async function tieToThisProcess(searchPath: string | undefined, signal: 'TERM' | 'KILL'): Promise<string[]> {
  if (process.platform !== 'linux') return []
  const setpriv = await findCommand('setpriv', searchPath)
  if (!('path' in setpriv)) return []
  const options = ['--pdeathsig', signal, '--']
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
