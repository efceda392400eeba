export {
  BackendUnreachable,
  Closed,
  Conflict,
  exitStatusByCode,
  GroupAlreadyExist,
  GroupNotCreated,
  GroupNotEmpty,
  ServiceInUse,
  httpStatusByCode,
  InvalidArgument,
  isMusterError,
  LockAcquireFailed,
  LockLost,
  MemberAlreadyExist,
  MemberNotJoined,
  MusterError,
  NotAllowed,
  NotFound,
  NotSupported,
  OperationTimedOut,
  OutcomeUnknown,
  QueueFull,
  SessionLost,
  TooLarge,
  VersionConflict,
} from './errors.js'
export type { ErrorCode, ErrorContext } from './errors.js'
export { formatDuration, longestTimerMs, parseDuration } from './durations.js'
export { parseFlag } from './flags.js'
export { parseTime } from './times.js'
export { environmentVariables } from './environment.js'
export { logLevels, optionName, settingNames, settings } from './setting-table.js'
export type { Setting, SettingName } from './setting-table.js'
export { backendUrl, defaultConfigFiles, defaultDataFolder, namedConfigFile, workerGroup, workerHostname, workerName } from './settings.js'
export { silentLogger } from './logger.js'
export type { Logger } from './logger.js'
export { didYouMean, suggest } from './suggest.js'
export { compareText } from './compare-text.js'
export { messageOf } from './message-of.js'
export { toAscii } from './to-ascii.js'
export { onAbort } from './on-abort.js'
export { differences } from './differences.js'
export type { Differences } from './differences.js'
export { thisUser } from './this-user.js'
export { Bell } from './bell.js'
export { repeat } from './repeat.js'
