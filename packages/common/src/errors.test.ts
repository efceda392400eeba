import { expect, test } from '@jest/globals'

import { exitStatusByCode, GroupNotCreated, httpStatusByCode, isMusterError, MusterError, OperationTimedOut } from './errors.js'
import * as common from './index.js'

const snakeCase = (name: string): string => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

test('every exported error class has its own name in snake_case as code, an HTTP status and an exit status', () => {
  const classes = Object.values(common).filter((value) => typeof value === 'function' && value.prototype instanceof MusterError)
  const codes = classes.map((errorClass) => {
    const error = new (errorClass as new (...args: unknown[]) => MusterError)('a', 'b', 'c')
    expect(error.code).toBe(snakeCase(error.name))
    return error.code
  })
  expect(codes.sort()).toEqual(Object.keys(httpStatusByCode).sort())
  expect(codes.sort()).toEqual(Object.keys(exitStatusByCode).sort())
})

test('an error tells its fields, its hint and its cause', () => {
  const cause = new Error('raw')
  const error = new OperationTimedOut('leave', 3000, { cause, hint: 'Try again.' })
  expect(error).toMatchObject({ name: 'OperationTimedOut', operation: 'leave', timeoutMs: 3000, hint: 'Try again.', cause })
  expect(error.message).toBe('leave did not finish within 3000 ms')
})

test('an error of another copy of the package is known by its code', () => {
  const foreign = Object.assign(new Error('x'), { code: 'session_lost' })
  expect(isMusterError(foreign)).toBe(true)
  expect(isMusterError(foreign, 'closed')).toBe(false)
  expect(isMusterError(new GroupNotCreated('g'), 'group_not_created')).toBe(true)
  expect(isMusterError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false)
})
