import {
  BackendUnreachable,
  Conflict,
  GroupAlreadyExist,
  GroupNotCreated,
  GroupNotEmpty,
  InvalidArgument,
  LockAcquireFailed,
  LockLost,
  MemberAlreadyExist,
  MemberNotJoined,
  NotAllowed,
  NotFound,
  NotSupported,
  OperationTimedOut,
  OutcomeUnknown,
  QueueFull,
  ServiceInUse,
  SessionLost,
  TooLarge,
  VersionConflict,
} from '@muster/common'
import type { ErrorCode, ErrorContext, MusterError } from '@muster/common'

import { isObject } from './is-object.js'

/** What is read of a problem body. */
export interface Problem {
  readonly status: number
  readonly detail: string
  readonly error: string
  readonly hint: string | undefined
  readonly requestId: string | undefined
  /** The first parameter that is wrong. */
  readonly parameter: string | undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Reads a problem body of Muster; undefined when it is something else. */
export function parseProblem(content: unknown): Problem | undefined {
  if (!isObject(content) || typeof content.status !== 'number' || typeof content.detail !== 'string' || typeof content.error !== 'string') return undefined
  const first: unknown = Array.isArray(content.errors) ? content.errors[0] : undefined
  return {
    status: content.status,
    detail: content.detail,
    error: content.error,
    hint: text(content.hint),
    requestId: text(content.requestId),
    parameter: isObject(first) ? text(first.parameter) : undefined,
  }
}

type Retell = (problem: Problem, context: ErrorContext, endpoint: string) => MusterError

/**
 * Each code as the class that was thrown in the server. The detail becomes the message, word for word; fields that a
 * problem body does not carry are empty.
 */
const retellByCode: Readonly<Record<ErrorCode, Retell>> = {
  group_not_created: (_, context) => new GroupNotCreated('', context),
  group_already_exist: (_, context) => new GroupAlreadyExist('', context),
  group_not_empty: (_, context) => new GroupNotEmpty('', context),
  service_in_use: (_, context) => new ServiceInUse('', NaN, context),
  member_already_exist: (_, context) => new MemberAlreadyExist('', '', context),
  member_not_joined: (_, context) => new MemberNotJoined('', '', context),
  lock_acquire_failed: (_, context) => new LockAcquireFailed('', context),
  lock_lost: ({ detail }, context) => new LockLost('', detail, context),
  operation_timed_out: ({ detail }, context) => new OperationTimedOut(detail, NaN, context),
  backend_unreachable: ({ detail }, context, endpoint) => new BackendUnreachable(endpoint, detail, context),
  outcome_unknown: ({ detail }, context) => new OutcomeUnknown('', detail, context),
  session_lost: (_, context) => new SessionLost(NaN, context),
  closed: ({ detail }, context, endpoint) => new BackendUnreachable(endpoint, detail, context), // Closed would say that this client is closed
  conflict: ({ detail }, context) => new Conflict(detail, context),
  version_conflict: ({ detail }, context) => new VersionConflict(detail, context),
  not_found: ({ detail }, context) => new NotFound(detail, context),
  not_allowed: ({ detail }, context) => new NotAllowed(detail, context),
  not_supported: ({ detail }, context) => new NotSupported(detail, context),
  invalid_argument: ({ detail, parameter = 'request' }, context) => new InvalidArgument(parameter, detail, context),
  too_large: ({ detail }, context) => new TooLarge(detail, NaN, NaN, context),
  queue_full: (_, context) => new QueueFull(NaN, context),
}

const isErrorCode = (word: string): word is ErrorCode => Object.hasOwn(retellByCode, word)

/** The error that a problem body tells. `cause` is the problem, with its request id, for the log. */
export function toError(problem: Problem, endpoint: string): MusterError {
  const context = { ...(problem.hint === undefined ? {} : { hint: problem.hint }), cause: problem }
  const { error: code, detail } = problem
  const error = isErrorCode(code) ? retellByCode[code](problem, context, endpoint) : new BackendUnreachable(endpoint, detail, context)
  error.message = detail
  return error
}
