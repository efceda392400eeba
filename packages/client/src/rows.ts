import type { CreatedToken, Decision, Explanation, Group, Host, Service, Token, Worker, Zone } from '@muster/servicegroup'

import { isObject } from './is-object.js'

export const isText = (value: unknown): boolean => typeof value === 'string'
export const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
export const isNumber = (value: unknown): boolean => typeof value === 'number'
export const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value)
const isLabels = (value: unknown): boolean => isObject(value) && !Array.isArray(value) && Object.values(value).every(isText)

/** A check for each key. */
export type Checks<T> = Readonly<Record<keyof T, (value: unknown) => boolean>>

const workerChecks: Checks<Worker> = {
  name: isText,
  hostname: isTextOrNull,
  process: isNumberOrNull,
  created: isTextOrNull,
  group: isText,
  type: isTextOrNull,
  state: (value) => value === 'up',
  region: isTextOrNull,
  zone: isTextOrNull,
  version: isTextOrNull,
  labels: isLabels,
  memberId: isText,
  incarnation: isNumberOrNull,
  uuid: isTextOrNull,
  lagMs: (value) => value === undefined || isNumber(value), // there only while there is one
}

const groupChecks: Checks<Group> = { group: isText, members: isNumber, createdAt: isText }

export const isFlag = (value: unknown): boolean => typeof value === 'boolean'
export const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const isUpOrDown = (value: unknown): boolean => value === 'up' || value === 'down'
const isMaintenance = (value: unknown): boolean => value === null || (isObject(value) && isTextOrNull(value.note) && isText(value.start) && isText(value.until))

const serviceChecks: Checks<Service> = {
  uuid: isText,
  type: isText,
  host: isText,
  topic: isText,
  region: isTextOrNull,
  zone: isTextOrNull,
  status: (value) => value === 'enabled' || value === 'disabled',
  state: isUpOrDown,
  effective: isUpOrDown,
  disabledReason: isTextOrNull,
  forcedDown: isFlag,
  maintenance: isMaintenance,
  version: isNumber,
  reportCount: isNumber,
  lastSeenUp: isTextOrNull,
  createdAt: isText,
  updatedAt: isTextOrNull,
  index: isText,
}

const hostChecks: Checks<Host> = { host: isText, zones: isTexts, services: isNumber, up: isNumber }

const zoneChecks: Checks<Zone> = { zone: isText, hosts: isTexts, services: isNumber, up: isNumber, available: isFlag }

const tokenChecks: Checks<Token> = {
  id: isText,
  name: isText,
  role: (value) => value === 'reader' || value === 'operator' || value === 'admin',
  createdAt: isText,
  expiresAt: isTextOrNull,
  createdBy: isText,
  source: isTextOrNull,
}

/** True for an object with every key of the checks in its right shape; keys that a newer server adds are let be. */
export function fits(checks: Checks<Record<string, unknown>>, row: unknown): boolean {
  return isObject(row) && Object.entries(checks).every(([key, check]) => check(row[key]))
}

export const isWorker = (row: unknown): row is Worker => fits(workerChecks, row)

export const isGroup = (row: unknown): row is Group => fits(groupChecks, row)

export const isService = (row: unknown): row is Service => fits(serviceChecks, row)

export const isHost = (row: unknown): row is Host => fits(hostChecks, row)

export const isZone = (row: unknown): row is Zone => fits(zoneChecks, row)

export const isToken = (row: unknown): row is Token => fits(tokenChecks, row)

export const isCreatedToken = (row: unknown): row is CreatedToken => fits({ ...tokenChecks, token: isText }, row)

const decisionChecks: Checks<Decision> = { actor: isText, source: isTextOrNull, at: isText, reason: isTextOrNull }
const isDecision = (value: unknown): boolean => fits(decisionChecks, value)

const explanationChecks: Checks<Omit<Explanation, 'asOf'>> = {
  service: isService,
  workers: (value) => Array.isArray(value) && value.every(isWorker),
  decisions: (value) => isObject(value) && Object.values(value).every(isDecision),
}

export const isExplanation = (row: unknown): row is Omit<Explanation, 'asOf'> => fits(explanationChecks, row)
