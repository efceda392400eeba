import { isMusterError } from '@muster/common'

/** The server's answers to a request it refused, by number. @see KeeperException.Code of ZooKeeper */
const codes = {
  '-1': 'SYSTEM_ERROR',
  '-2': 'RUNTIME_INCONSISTENCY',
  '-3': 'DATA_INCONSISTENCY',
  '-4': 'CONNECTION_LOSS',
  '-5': 'MARSHALLING_ERROR',
  '-6': 'UNIMPLEMENTED',
  '-7': 'OPERATION_TIMEOUT',
  '-8': 'BAD_ARGUMENTS',
  '-13': 'NEW_CONFIG_NO_QUORUM',
  '-14': 'RECONFIG_IN_PROGRESS',
  '-100': 'API_ERROR',
  '-101': 'NO_NODE',
  '-102': 'NO_AUTH',
  '-103': 'BAD_VERSION',
  '-108': 'NO_CHILDREN_FOR_EPHEMERALS',
  '-110': 'NODE_EXISTS',
  '-111': 'NOT_EMPTY',
  '-112': 'SESSION_EXPIRED',
  '-113': 'INVALID_CALLBACK',
  '-114': 'INVALID_ACL',
  '-115': 'AUTH_FAILED',
  '-118': 'SESSION_MOVED',
  '-119': 'NOT_READ_ONLY',
  '-120': 'EPHEMERAL_ON_LOCAL_SESSION',
  '-121': 'NO_WATCHER',
  '-122': 'REQUEST_TIMEOUT',
  '-123': 'RECONFIG_DISABLED',
  '-124': 'SESSION_CLOSED_REQUIRE_SASL_AUTH',
  '-125': 'QUOTA_EXCEEDED',
  '-127': 'THROTTLED_OP',
} as const

/** `UNKNOWN` for a number that only newer servers know; `error.number` holds it. */
export type ZooKeeperErrorCode = (typeof codes)[keyof typeof codes] | 'UNKNOWN'

/** The server refused a request and did nothing. `code` is ZooKeeper's own word for why. */
export class ZooKeeperError extends Error {
  readonly code: ZooKeeperErrorCode

  /**
   * @param number ZooKeeper's number of the error
   * @param operation what was asked, with its path
   * @param index of the wrong op, when the request was a multi
   */
  constructor(
    readonly number: number,
    readonly operation: string,
    readonly index?: number,
  ) {
    const code = (codes as Readonly<Record<string, ZooKeeperErrorCode>>)[String(number)] ?? 'UNKNOWN'
    super(`${code === 'UNKNOWN' ? `error ${number}` : code} at ${operation}`)
    this.name = 'ZooKeeperError'
    this.code = code
  }
}

/** True for an answer of a ZooKeeper server; with `code`, for that one only. */
export function isZooKeeperError(error: unknown, code?: ZooKeeperErrorCode): error is ZooKeeperError {
  return error instanceof Error && error.name === 'ZooKeeperError' && !isMusterError(error) && (code === undefined || ('code' in error && error.code === code))
}
