import { didYouMean, InvalidArgument, logLevels } from '@muster/common'
import type { Logger } from '@muster/common'
import { pino } from 'pino'

/** JSON lines on stderr at level `SVC_LOG`, default `info`. @throws InvalidArgument for another level */
export function createLogger(env: Readonly<Record<string, string | undefined>> = process.env): Logger {
  const level = env.SVC_LOG ? env.SVC_LOG : 'info'
  if (!logLevels.includes(level)) {
    throw new InvalidArgument('SVC_LOG', `SVC_LOG: '${level}' is not a level.${didYouMean(level, logLevels)}`, { hint: `Levels: ${logLevels.join(', ')}.` })
  }
  // Written at once: the line before a crash is the one that is needed.
  return pino({ level, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }))
}
