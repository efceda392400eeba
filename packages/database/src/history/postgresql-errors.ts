import { BackendUnreachable, InvalidArgument, isMusterError, messageOf, NotAllowed, OutcomeUnknown } from '@muster/common'
import type { MusterError } from '@muster/common'

/** The connection itself failed, not a statement: pg has no code of its own for that. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause) || codeOf(cause), { cause }) // several addresses that all refuse make an error without a message
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** The SQLSTATE, which the server alone sends: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function stateOf(error: unknown): string {
  const code = codeOf(error)
  return error instanceof Error && 'severity' in error && /^[0-9A-Z]{5}$/.test(code) ? code : ''
}

const serializationFailure = '40001'
const deadlock = '40P01'
const lockNotAvailable = '55P03'
const hindrances: readonly string[] = [serializationFailure, deadlock, lockNotAvailable]
/** Unique violation of a catalog, duplicate table, duplicate object: what CREATE TABLE IF NOT EXISTS says when another makes the same one at this moment. */
const creationRaces: readonly string[] = ['23505', '42P07', '42710']

/** True when another transaction was in the way and nothing was done: doing it again may help. */
export function isHindered(error: unknown): boolean {
  const state = stateOf(error)
  if (hindrances.includes(state)) return true
  const { detail } = error as { detail?: unknown }
  return creationRaces.includes(state) && `${messageOf(error)} ${String(detail)}`.includes('muster_tables') // no other table is made that way
}

/** What a state, or else its class, is for the caller. */
const meanings: Readonly<Record<string, { readonly reason?: string; readonly hint?: string }>> = {
  [serializationFailure]: { reason: 'others have kept it locked' },
  [deadlock]: { reason: 'others have kept it locked' },
  [lockNotAvailable]: { reason: 'others have kept it locked' },
  '08': {},
  '25006': { reason: 'it is read only, as a standby is', hint: 'Name the primary server.' },
  '25P03': { reason: 'the transaction took too long' },
  '25P04': { reason: 'the transaction took too long' },
  '53100': { reason: 'its disk is full', hint: 'Free some space; nothing was stored.' },
  '53300': { reason: 'all its connections are in use', hint: 'Raise max_connections, or stop what else uses them.' },
  '53': {},
  '57014': { reason: 'a statement was cancelled or took too long' },
  '57': {},
  '58': {},
}
/** The server ends the connection with these: during a commit they leave its outcome open. */
const isEndOfConnection = (state: string): boolean => /^(08|57P|58)/.test(state)

/**
 * Turns what pg threw into an error of ours; anything else (a bug, an error of ours) comes back as it is.
 * `committing`: the commit was under way, so a connection that breaks leaves its outcome open.
 */
export function translatePostgresqlError(error: unknown, shown: string, committing = false): unknown {
  if (isMusterError(error)) return error
  const state = stateOf(error)
  if (committing && (error instanceof ConnectionLost || isEndOfConnection(state))) return new OutcomeUnknown('the commit', messageOf(error), { cause: error })
  if (error instanceof ConnectionLost) return connectionLost(error, shown)
  if (state.startsWith('28')) return notAllowed(error as Error, shown)
  if (state === '42501') return new NotAllowed(`${shown}: ${messageOf(error)}`, { cause: error, hint: 'Who keeps a history must own its tables, or for new ones have CREATE on the schema; who reads it needs SELECT on all of them.' })
  if (state === '3D000') return new InvalidArgument('database', `${shown}: ${messageOf(error)}`, { cause: error, hint: 'Make it with createdb, or name another one.' })
  const meaning = meanings[state] ?? meanings[state.slice(0, 2)]
  if (!meaning) return error
  const { reason = messageOf(error), hint } = meaning
  return new BackendUnreachable(shown, reason, { cause: error, ...(hint === undefined ? {} : { hint }) })
}

const notAllowed = (error: Error, shown: string): MusterError =>
  new NotAllowed(`${shown}: ${error.message}`, { cause: error, hint: 'The user is in the URL, the password there or in PGPASSWORD; pg_hba.conf of the server says who may connect from where.' })

function connectionLost(error: ConnectionLost, shown: string): MusterError {
  const { message, cause } = error
  if (message.startsWith('SASL')) return notAllowed(error, shown) // pg gives no code when there is no password, or the server does not know it either
  const code = codeOf(cause)
  const { path } = cause as NodeJS.ErrnoException
  if (['ENOENT', 'EACCES', 'EISDIR'].includes(code) && (cause as { syscall?: unknown }).syscall !== 'connect') return new InvalidArgument('database', `A file that the URL of the database names cannot be read: ${path ?? message}`, { cause })
  const isAboutCertificates = /CERT|TLS|SSL|SIGNATURE/.test(code)
  return new BackendUnreachable(shown, message, { cause, ...(isAboutCertificates && { hint: 'sslrootcert names the file of the authority that signed the server’s certificate; the certificate must be for the host of the URL.' }) })
}
