import { fstatSync, writeSync } from 'node:fs'

import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { safeText } from './safe-text.js'
import type { Terminal } from './terminal.js'
import { withoutSecretsIn } from './without-secrets.js'

/** What a command may touch of its surroundings; tests pass their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where values of `env` come from that a file of settings has set, by variable: `/etc/muster/svc.yaml:3`. */
  readonly fromFile?: Readonly<Record<string, string>>
  /** Columns of the terminal; undefined when stdout is none. */
  readonly columns: number | undefined
  /** Lines of the terminal; undefined when stdout is none. */
  readonly lines: number | undefined
  /** Calls `listener` when the terminal has become another size; returns the way to stop it. */
  onResize(listener: () => void): () => void
  /** Resolves when the system has taken the text. A reader that went away (`svc list | head -1`) is no error. */
  write(text: string): Promise<void>
  /** Writes to stderr before it returns. */
  writeError(text: string): void
  /** Takes the words that this process was given out of the list of processes. */
  hideWords(): void
  /** Who can be asked; undefined when nobody can. */
  terminal(): Promise<Terminal | undefined>
}

/** Says one sentence on stderr, on a line of its own, prefixed `svc:`, without what may not be shown. */
export function say(io: Io, sentence: string): void {
  io.writeError(`svc: ${safeText(withoutSecretsIn(sentence))}\n`)
}

/** A logger for libraries: their warnings become sentences on stderr, the rest is not said. */
export function plainLogger(io: Io): Logger {
  const tell = (_: object, message: string): void => say(io, message)
  return { ...silentLogger, warn: tell, error: tell }
}

/** The same surroundings with another environment. */
export function withEnvironment(io: Io, env: Io['env'], fromFile: Readonly<Record<string, string>>): Io {
  return {
    env,
    fromFile,
    get columns() {
      return io.columns
    },
    get lines() {
      return io.lines
    },
    onResize: (listener) => io.onResize(listener),
    write: (text) => io.write(text),
    writeError: (text) => io.writeError(text),
    hideWords: () => io.hideWords(),
    terminal: () => io.terminal(),
  }
}

/** The surroundings of this process. */
export function processIo(): Io {
  return {
    env: process.env,
    get columns() {
      return isPlain() ? undefined : process.stdout.columns
    },
    get lines() {
      return isPlain() ? undefined : process.stdout.rows
    },
    onResize: (listener) => {
      process.stdout.on('resize', listener)
      return () => process.stdout.off('resize', listener)
    },
    write: writeToStdout,
    writeError: writeToStderr,
    hideWords: () => {
      process.title = 'svc'
    },
    terminal: async () => (await import('./terminal.js')).openTerminal(),
  }
}

let plain: boolean | undefined

/** True when stdout is a pipe, a socket or a file. Asking process.stdout opens it, which takes a sixth as long as starting Node. */
function isPlain(): boolean {
  plain ??= !fstatSync(1).isCharacterDevice()
  return plain
}

/**
 * Straight to a pipe or a file, as any program that only prints. One that listens for signals must go on listening
 * while nobody reads, and a pipe that another process has made non-blocking may be full: then process.stdout waits.
 */
async function writeToStdout(text: string): Promise<void> {
  let rest: Uint8Array = Buffer.from(text)
  try {
    if (isPlain() && process.listenerCount('SIGTERM') === 0) while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') return
    if (code !== 'EAGAIN') throw error
  }
  if (rest.length > 0) await writeToStream(rest)
}

function writeToStream(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const ignore = (): void => {} // an error is told to the callback as well; without a listener it would end the process
    process.stdout.once('error', ignore)
    process.stdout.write(bytes, (error) => {
      if (!error) process.stdout.off('error', ignore)
      if (!error || ('code' in error && error.code === 'EPIPE')) resolve()
      else reject(error)
    })
  })
}

/**
 * Not through process.stderr: opening it makes the pipe non-blocking, also for a command that shares it with
 * `svc run` and would then fail to write.
 */
function writeToStderr(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody reads stderr, or it is full: there is no better place to say so.
  }
}
