import { InvalidArgument, thisUser, VersionConflict } from '@muster/common'
import type { Service, ServiceGroupApi, Worker, WriteOptions } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { isUnreachable, oneByOne } from '../one-by-one.js'
import { cancelledStatus, openQuestion } from '../question.js'
import { safeText } from '../safe-text.js'
import { atMost } from '../some-of.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'
import type { TargetArguments } from '../target.js'
import { describeDifference } from './difference.js'
import { findService } from './find-service.js'
import { nameOf } from './service-columns.js'
import { undoLine } from './undo.js'
import type { Undo } from './undo.js'

/** The options of every command that changes services. */
export const writeOptions = {
  'if-version': { type: 'string', requiresArg: true, describe: 'Only while this is its Index; else exit with 6' },
  'dry-run': { type: 'boolean', describe: 'Show what would change, and change nothing' },
  yes: { alias: 'y', type: 'boolean', describe: 'Do not ask' },
  ...targetOptions,
} as const

/** As it is given to commands that need no reason. */
export const reasonOption = { type: 'string', requiresArg: true, describe: 'Why, for the history' } as const

export interface WriteArguments extends TargetArguments {
  readonly reason?: string | undefined
  readonly 'if-version'?: string | undefined
  readonly 'dry-run'?: boolean | undefined
  readonly yes?: boolean | undefined
}

/** One way of changing a service. */
export interface Write {
  /** Begins the question: `Disable`. */
  readonly verb: string
  /** It takes nothing away: nobody is asked. Default false. */
  readonly isHarmless?: boolean
  /** It is gone afterwards. Default false. */
  readonly isDeletion?: boolean
  /** What it would be, null for deleted; the same object if nothing would change. Throws what `carryOut` would. */
  preview(service: Service, workers: readonly Worker[]): Service | null
  /** Resolves with it as it is then, or was when it is deleted. */
  carryOut(group: ServiceGroupApi, service: Service, options: WriteOptions): Promise<Service>
  /** Said behind its name when it is done: `is disabled`. */
  describe(after: Service): string
  undo(before: Service): Undo
}

const mostNames = 10

/**
 * Changes the services that the words name, one after the other, after a question where somebody is to be asked. What fails is told and
 * does not keep the others. Resolves with the highest exit status. @throws InvalidArgument when it cannot ask
 */
export async function writeServices(write: Write, words: readonly string[], args: WriteArguments, io: Io): Promise<number> {
  if (args['if-version'] !== undefined && words.length > 1) throw new InvalidArgument('if-version', '--if-version is of one service: name only one')
  const isAsked = args['dry-run'] !== true && args.yes !== true && write.isHarmless !== true
  const ask = await openQuestion(isAsked, io)

  return withReader(resolveTarget(args, io.env), io, async (group) => {
    const found = new Map<string, Service>()
    const failed = await oneByOne(words, io, async (word) => {
      const service = await findService(group, word, { consistent: true })
      if (args['if-version'] !== undefined && args['if-version'] !== service.index) throw new VersionConflict(`The service ${nameOf(service)}`)
      found.set(service.uuid, service)
    })
    const services = [...found.values()]
    if (services.length === 0 || isUnreachable(failed)) return failed
    if (!(await ask(`${write.verb} ${atMost(mostNames, services.map(nameOf))}?`))) return cancelledStatus
    return Math.max(failed, await oneByOne(services, io, args['dry-run'] === true ? (service) => preview(write, group, service, io) : (service) => carryOut(write, group, service, args, io)))
  })
}

async function preview(write: Write, group: ServiceGroupApi, service: Service, io: Io): Promise<void> {
  const after = write.preview(service, await group.workers({ type: service.type, hostname: service.host }))
  const would = after === null ? 'would be deleted' : after === service ? 'would not be changed' : 'would be changed'
  await io.write(`${safeText(`${nameOf(service)} ${would}`)}\n${describeDifference(service, after).map((line) => `  ${safeText(line)}\n`).join('')}`)
}

async function carryOut(write: Write, group: ServiceGroupApi, before: Service, args: WriteArguments, io: Io): Promise<void> {
  const after = await write.carryOut(group, before, { actor: io.env.SVC_ACTOR || thisUser(), source: 'svc', reason: args.reason, ifVersion: args['if-version'] })
  const isWritten = write.isDeletion === true || after.index !== before.index
  await io.write(`${safeText(`${nameOf(after)} ${write.describe(after)}`)}${isWritten ? '' : ', as it was'}\n${isWritten ? `${safeText(undoLine(write.undo(before), args))}\n` : ''}`)
}
