import { writeSync } from 'node:fs'

import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { safeText } from './safe-text.js'

/** What a command may touch of its surroundings; tests pass their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
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
}

/** Says one sentence on stderr, on a line of its own, prefixed `svc:`. */
export function say(io: Io, sentence: string): void {
  io.writeError(`svc: ${safeText(sentence)}\n`)
}

/** A logger for libraries: their warnings become sentences on stderr, the rest is not said. */
export function plainLogger(io: Io): Logger {
  const tell = (_: object, message: string): void => say(io, message)
  return { ...silentLogger, warn: tell, error: tell }
}

/** The surroundings of this process. */
export function processIo(): Io {
  return {
    env: process.env,
    get columns() {
      return process.stdout.columns
    },
    get lines() {
      return process.stdout.rows
    },
    onResize: (listener) => {
      process.stdout.on('resize', listener)
      return () => process.stdout.off('resize', listener)
    },
    write: writeToStdout,
    writeError: writeToStderr,
  }
}

function writeToStdout(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const ignore = (): void => {} // an error is told to the callback as well; without a listener it would end the process
    process.stdout.once('error', ignore)
    process.stdout.write(text, (error) => {
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
