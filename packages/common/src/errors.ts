/** What went wrong, as a word a program can compare. `err.name` is the class, `err.code` its snake_case. */
export type ErrorCode =
  | 'group_not_created'
  | 'group_already_exist'
  | 'group_not_empty'
  | 'service_in_use'
  | 'member_already_exist'
  | 'member_not_joined'
  | 'lock_acquire_failed'
  | 'lock_lost'
  | 'operation_timed_out'
  | 'backend_unreachable'
  | 'outcome_unknown'
  | 'session_lost'
  | 'closed'
  | 'version_conflict'
  | 'conflict'
  | 'not_found'
  | 'not_allowed'
  | 'not_supported'
  | 'invalid_argument'
  | 'too_large'
  | 'queue_full'

/** `hint` says what to do next; `cause` keeps the raw error for logs and is never shown to a remote caller. */
export interface ErrorContext {
  hint?: string
  cause?: unknown
}

/**
 * Base of every error that Muster throws. Tell errors apart by `code`, not by `instanceof`: two copies of this
 * package in one process are two different classes.
 */
export abstract class MusterError extends Error {
  abstract readonly code: ErrorCode
  /** What the caller can do about it, as one sentence. */
  readonly hint?: string

  constructor(message: string, { hint, cause }: ErrorContext = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    if (hint !== undefined) this.hint = hint
  }
}

/** True for an error of Muster, from whichever copy of this package; with `code`, for that error only. */
export function isMusterError(error: unknown, code?: ErrorCode): error is MusterError {
  if (!(error instanceof Error) || !('code' in error)) return false
  return code === undefined ? typeof error.code === 'string' && error.code in httpStatusByCode : error.code === code
}

/** The group has not been created. @see tooz GroupNotCreated */
export class GroupNotCreated extends MusterError {
  readonly code = 'group_not_created'
  constructor(readonly group: string, context?: ErrorContext) {
    super(`Group '${group}' has not been created`, { hint: 'Create it with createGroup, or join it with joinGroupCreate.', ...context })
  }
}

/** The group exists already. @see tooz GroupAlreadyExist */
export class GroupAlreadyExist extends MusterError {
  readonly code = 'group_already_exist'
  constructor(readonly group: string, context?: ErrorContext) {
    super(`Group '${group}' already exists`, context)
  }
}

/** The group still has members or contenders for its leadership. @see tooz GroupNotEmpty */
export class GroupNotEmpty extends MusterError {
  readonly code = 'group_not_empty'
  constructor(readonly group: string, context?: ErrorContext) {
    super(`Group '${group}' is not empty`, { hint: 'Its members must leave before it can be deleted.', ...context })
  }
}

/** The service still has live workers. */
export class ServiceInUse extends MusterError {
  readonly code = 'service_in_use'
  constructor(readonly service: string, readonly workers: number, context?: ErrorContext) {
    super(`Service '${service}' has ${workers} live worker${workers === 1 ? '' : 's'}`, { hint: 'Stop them first. Forced, it is deleted all the same: they stay workers without a service.', ...context })
  }
}

/** Another live process, or this one, is already in the group under this member id. @see tooz MemberAlreadyExist */
export class MemberAlreadyExist extends MusterError {
  readonly code = 'member_already_exist'
  constructor(readonly group: string, readonly memberId: string, context?: ErrorContext) {
    super(`Member '${memberId}' is already in group '${group}'`, context)
  }
}

/** The member is not in the group. @see tooz MemberNotJoined */
export class MemberNotJoined extends MusterError {
  readonly code = 'member_not_joined'
  constructor(readonly group: string, readonly memberId: string, context?: ErrorContext) {
    super(`Member '${memberId}' has not joined group '${group}'`, context)
  }
}

/** The lock is held by another. @see tooz LockAcquireFailed */
export class LockAcquireFailed extends MusterError {
  readonly code = 'lock_acquire_failed'
  constructor(readonly lock: string, context?: ErrorContext) {
    super(`Lock '${lock}' could not be acquired`, context)
  }
}

/** A lock or a leadership is held no more, though nobody has released it here. */
export class LockLost extends MusterError {
  readonly code = 'lock_lost'
  constructor(readonly lock: string, reason: string, context?: ErrorContext) {
    super(`${lock} is held no more: ${reason}`, { hint: 'Stop what it protects; another may hold it soon.', ...context })
  }
}

/** The operation did not end within its time. Whether it was carried out is said by the operation that throws it. */
export class OperationTimedOut extends MusterError {
  readonly code = 'operation_timed_out'
  constructor(readonly operation: string, readonly timeoutMs: number, context?: ErrorContext) {
    super(`${operation} did not finish within ${timeoutMs} ms`, context)
  }
}

/** The backend did not answer; the operation was surely not carried out. */
export class BackendUnreachable extends MusterError {
  readonly code = 'backend_unreachable'
  constructor(readonly backend: string, reason: string, context?: ErrorContext) {
    super(`Cannot reach ${backend}: ${reason}`, context)
  }
}

/** The backend may or may not have carried the operation out; read before you repeat it. */
export class OutcomeUnknown extends MusterError {
  readonly code = 'outcome_unknown'
  constructor(readonly operation: string, reason: string, context?: ErrorContext) {
    super(`Whether ${operation} was carried out is unknown: ${reason}`, { hint: 'Read the current state before trying again.', ...context })
  }
}

/** The session ended, and with it everything that belonged to it; the operation was not carried out. */
export class SessionLost extends MusterError {
  readonly code = 'session_lost'
  constructor(readonly epoch: number, context?: ErrorContext) {
    super(`The session of epoch ${epoch} is over`, context)
  }
}

/** The object was closed before or during the call. */
export class Closed extends MusterError {
  readonly code = 'closed'
  constructor(readonly what: string, context?: ErrorContext) {
    super(`${what} is closed`, context)
  }
}

/** Somebody changed it since you read it. */
export class VersionConflict extends MusterError {
  readonly code = 'version_conflict'
  constructor(readonly what: string, context?: ErrorContext) {
    super(`${what} has been changed in the meantime`, { hint: 'Read it again and repeat the change.', ...context })
  }
}

/** As things are it cannot be done; nothing was attempted. */
export class Conflict extends MusterError {
  readonly code = 'conflict'
}

/** There is no such thing. */
export class NotFound extends MusterError {
  readonly code = 'not_found'
  constructor(readonly what: string, context?: ErrorContext) {
    super(`${what} was not found`, context)
  }
}

/** The caller may not do this: missing token, missing role, or permissions of the backend or the file system. */
export class NotAllowed extends MusterError {
  readonly code = 'not_allowed'
}

/** This backend or this installation cannot do it. */
export class NotSupported extends MusterError {
  readonly code = 'not_supported'
}

/** An argument is wrong; nothing was attempted. */
export class InvalidArgument extends MusterError {
  readonly code = 'invalid_argument'
  constructor(readonly argument: string, reason: string, context?: ErrorContext) {
    super(reason, context)
  }
}

/** More than a limit allows; nothing was stored. */
export class TooLarge extends MusterError {
  readonly code = 'too_large'
  constructor(readonly what: string, readonly size: number, readonly limit: number, context?: ErrorContext) {
    super(`${what} is too large: ${size}, at most ${limit}`, context)
  }
}

/** Too many operations of this process are waiting for the backend; nothing was attempted. */
export class QueueFull extends MusterError {
  readonly code = 'queue_full'
  constructor(readonly limit: number, context?: ErrorContext) {
    super(`${limit} operations are waiting for the backend`, { hint: 'Wait for earlier calls before making new ones.', ...context })
  }
}

/** The HTTP status of each code. */
export const httpStatusByCode = {
  group_not_created: 404,
  group_already_exist: 409,
  group_not_empty: 409,
  service_in_use: 409,
  member_already_exist: 409,
  member_not_joined: 404,
  lock_acquire_failed: 409,
  lock_lost: 409,
  operation_timed_out: 504,
  backend_unreachable: 503,
  outcome_unknown: 503,
  session_lost: 503,
  closed: 503,
  version_conflict: 412,
  conflict: 409,
  not_found: 404,
  not_allowed: 403,
  not_supported: 501,
  invalid_argument: 400,
  too_large: 413,
  queue_full: 503,
} as const satisfies Record<ErrorCode, number>

/** The exit status of `svc` for each code. */
export const exitStatusByCode = {
  group_not_created: 3,
  group_already_exist: 6,
  group_not_empty: 6,
  service_in_use: 6,
  member_already_exist: 6,
  member_not_joined: 3,
  lock_acquire_failed: 75,
  lock_lost: 75,
  operation_timed_out: 124,
  backend_unreachable: 69,
  outcome_unknown: 69,
  session_lost: 69,
  closed: 69,
  version_conflict: 6,
  conflict: 6,
  not_found: 3,
  not_allowed: 4,
  not_supported: 1,
  invalid_argument: 64,
  too_large: 64,
  queue_full: 69,
} as const satisfies Record<ErrorCode, number>
