import { BackendUnreachable, isMusterError, NotAllowed, OutcomeUnknown } from '@muster/common'
import type { MusterError } from '@muster/common'

// https://www.sqlite.org/rescode.html: the low byte of an extended code is the primary one.
const busy = 5
const locked = 6
const readOnly = 8
const ioError = 10
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26

/** What SQLite says of them: @photostructure/sqlite gives the error of a statement that has rows no code. */
const codesByText: Readonly<Record<string, number>> = {
  'database is locked': busy,
  'database table is locked': locked,
  'attempt to write a readonly database': readOnly,
  'disk I/O error': ioError,
  'database disk image is malformed': corrupt,
  'database or disk is full': full,
  'unable to open database file': cannotOpen,
  'file is not a database': notADatabase,
}

function primaryCode(error: unknown): number | undefined {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown }
  if (typeof errcode === 'number') return errcode & 0xff
  return code === 'ERR_SQLITE_ERROR' ? codesByText[String(message)] : undefined
}

/** True when another connection holds the lock: waiting may help. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error)
  return code === busy || code === locked
}

/**
 * Turns what the engine threw into an error of ours; anything else (a bug, an error of ours) comes back as it is.
 * `committing`: the engine was writing the commit itself, so an I/O error leaves its outcome open.
 */
export function translateSqliteError(error: unknown, file: string, committing = false): unknown {
  if (isMusterError(error)) return error
  const code = primaryCode(error)
  const unreachable = (reason: string, hint?: string): MusterError => new BackendUnreachable(file, reason, { cause: error, ...(hint === undefined ? {} : { hint }) })
  switch (code) {
    case busy:
    case locked:
      return unreachable('it is locked by another process')
    case full:
      return unreachable('the disk is full', 'Free some space; nothing was stored.')
    case ioError:
      return committing ? new OutcomeUnknown('the commit', 'the disk reported an error', { cause: error }) : unreachable('the disk reported an error')
    case corrupt:
      return unreachable('the file is damaged', 'Move the folder away and restart the workers: they join again in a new store.')
    case notADatabase:
      return unreachable('the file is not a store of Muster', 'Name another folder with SVC_BACKEND=embedded:<folder>.')
    case readOnly:
    case cannotOpen:
      return new NotAllowed(`Cannot open ${file} for writing`, { cause: error, hint: 'Run as the user who owns it, or set SVC_BACKEND=embedded:<another folder>.' })
    default:
      return error
  }
}
