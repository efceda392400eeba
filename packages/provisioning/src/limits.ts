import { didYouMean, InvalidArgument, TooLarge } from '@muster/common'

import { stepTypes } from './rows.js'
import type { DeclaredSteps } from './rows.js'
import type { NewCluster, NewStep, PageOptions, Report } from './store.js'

/** Sahara's columns, in characters. */
const nameLength = 80
const idLength = 36
const mostDescription = 64 * 1024
/** Bytes. */
export const mostEventInfo = 1024 * 1024
const mostTotal = 1_000_000
const mostDeclared = 100
const mostRows = 1000

function checkText(argument: string, text: string, most: number, least = 0): void {
  if (typeof text !== 'string') throw new InvalidArgument(argument, `${argument} must be text`)
  if (text.length < least) throw new InvalidArgument(argument, `${argument} is empty`)
  if (text.includes('\0')) throw new InvalidArgument(argument, `${argument} has a NUL byte, which no database keeps`)
  if (text.length > most) throw new TooLarge(argument, text.length, most)
}

const checkName = (argument: string, text: string): void => checkText(argument, text, nameLength, 1)

export function checkTenant(tenant: string): void {
  checkText('tenant', tenant, idLength, 1)
}

export function checkCluster({ name, description = '', pluginName = 'muster', provisioningSteps = {} }: NewCluster): void {
  checkName('name', name)
  checkText('description', description, mostDescription)
  checkName('pluginName', pluginName)
  checkDeclared(provisioningSteps)
}

function checkDeclared(steps: DeclaredSteps): void {
  for (const [type, names] of Object.entries(steps)) {
    checkType(type)
    if (!Array.isArray(names)) throw new InvalidArgument('provisioningSteps', `provisioningSteps.${type} must be a list of names`)
    if (names.length > mostDeclared) throw new TooLarge(`provisioningSteps.${type}`, names.length, mostDeclared)
    for (const name of names as string[]) checkName('step_name', name)
  }
}

function checkType(type: string): void {
  if (!(stepTypes as readonly string[]).includes(type)) throw new InvalidArgument('type', `'${type}' is no type of a step.${didYouMean(type, stepTypes)}`, { hint: `One of ${stepTypes.join(', ')}.` })
}

export function checkStep({ name, type, total }: NewStep): void {
  checkName('step_name', name)
  checkType(type)
  if (!Number.isInteger(total) || total < 1 || total > mostTotal) throw new InvalidArgument('total', `total: ${total} is no number of instances`, { hint: `Give 1 to ${mostTotal}.` })
}

export function checkReport({ instance, instanceId = '', nodeGroupId = '', eventInfo = '', errorId = '' }: Report): void {
  checkName('instance', instance)
  checkText('instance_id', instanceId, idLength)
  checkText('node_group_id', nodeGroupId, idLength)
  checkText('error_id', errorId, idLength)
  checkText('event_info', eventInfo, Infinity)
  const size = Buffer.byteLength(eventInfo)
  if (size > mostEventInfo) throw new TooLarge('event_info', size, mostEventInfo)
}

export function limitOf({ limit }: PageOptions, usual = 100): number {
  if (limit === undefined) return usual
  if (!Number.isInteger(limit) || limit < 1 || limit > mostRows) throw new InvalidArgument('limit', `limit: ${limit} is out of range`, { hint: `Give 1 to ${mostRows}.` })
  return limit
}
