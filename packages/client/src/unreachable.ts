import { BackendUnreachable, isMusterError, OutcomeUnknown } from '@muster/common'
import type { MusterError } from '@muster/common'

import { isObject } from './is-object.js'

/** Error codes of Node's sockets and of its fetch, in words. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
}

/** Something answers, but not as Muster does. */
export function notMuster(endpoint: string, answer: string): BackendUnreachable {
  return new BackendUnreachable(endpoint, `what answers there is not Muster: ${answer}`, { hint: 'Check the host, the port and the path.' })
}

const neverSent: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']

const cut: readonly string[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']

/** True when a connection that was open ended without an answer. */
export function wasCut(error: unknown): boolean {
  return cut.includes(failureOf(error).code)
}

/** fetch says only that it failed; its cause says why. */
function failureOf(error: unknown): { code: string; name: string; message: string } {
  const failure = isObject(error) && isObject(error.cause) ? error.cause : error
  if (!isObject(failure)) return { code: '', name: '', message: String(failure) }
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
  return { code: textOf(failure.code), name: textOf(failure.name), message: textOf(failure.message) }
}

/** A failed exchange as the error to tell; what is one already stays as it is. */
export function unreachable(endpoint: string, error: unknown): MusterError {
  if (isMusterError(error)) return error
  const { code } = failureOf(error)
  const hint = code === 'ECONNREFUSED' ? 'Is the server running? Start one with: svc serve' : 'Check the host and the port.'
  return new BackendUnreachable(endpoint, reasonOf(error), { hint, cause: error })
}

/** As `unreachable`, of an exchange that changes something: unless it was surely never sent, nobody knows whether it was done. */
export function unanswered(endpoint: string, operation: string, error: unknown): MusterError {
  if (isMusterError(error) || neverSent.includes(failureOf(error).code)) return unreachable(endpoint, error)
  return new OutcomeUnknown(operation, reasonOf(error), { cause: error })
}

function reasonOf(error: unknown): string {
  const { code, name, message } = failureOf(error)
  const isNoHttp = code.startsWith('HPE_') || name === 'HTTPParserError' // Node 24 gives it no code
  return reasons[code] ?? (isNoHttp ? 'what answers there does not speak HTTP' : message)
}
