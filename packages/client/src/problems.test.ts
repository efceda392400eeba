import { describe, expect, test } from '@jest/globals'
import * as common from '@muster/common'
import type { MusterError } from '@muster/common'

import { parseProblem, toError } from './problems.js'

const endpoint = 'http://127.0.0.1:8999'

const thrown: readonly MusterError[] = [
  new common.GroupNotCreated('vitrage'),
  new common.GroupAlreadyExist('vitrage'),
  new common.GroupNotEmpty('vitrage'),
  new common.MemberAlreadyExist('vitrage', 'a'),
  new common.MemberNotJoined('vitrage', 'a'),
  new common.ServiceInUse('api@h1', 2),
  new common.LockAcquireFailed('deploy'),
  new common.LockLost("Lock 'deploy'", 'its place in the line was removed by another hand'),
  new common.OperationTimedOut('leave', 3000),
  new common.BackendUnreachable('the backend', 'it is locked', { hint: 'Ask again.' }),
  new common.OutcomeUnknown('join', 'the connection was cut'),
  new common.SessionLost(3),
  new common.Conflict("Cluster 'sample' exists already", { hint: 'Choose another name, or delete it first.' }),
  new common.VersionConflict("Service 'x'"),
  new common.NotFound("Service 'x'"),
  new common.NotAllowed('No token'),
  new common.NotSupported('DELETE is not possible on /v1/service', { hint: 'Allowed: GET, HEAD.' }),
  new common.InvalidArgument('grup', "Unknown parameter 'grup'.", { hint: 'Parameters: group.' }),
  new common.TooLarge('The body', 10, 5),
  new common.QueueFull(10),
]

/** What the server makes of an error. */
const bodyOf = ({ code, message, hint }: MusterError): object => {
  const status = common.httpStatusByCode[code]
  const told = { status, detail: message, error: code, hint: hint ?? null, requestId: 'r-1', errors: [] }
  return { type: 'about:blank', title: '', instance: '/', code: status, description: message, ...told }
}

function retell(content: unknown): MusterError {
  const problem = parseProblem(content)
  if (!problem) throw new Error('no problem')
  return toError(problem, endpoint)
}

describe('an error told over HTTP', () => {
  test('every code of the server is covered here', () => {
    expect([...thrown.map(({ code }) => code), 'closed'].sort()).toEqual(Object.keys(common.httpStatusByCode).sort())
  })

  test.each(thrown.map((error) => [error.name, error] as const))('%s is the same class with the same words', (_, error) => {
    const retold = retell(bodyOf(error))
    expect(retold.name).toBe(error.name)
    expect(retold.code).toBe(error.code)
    expect(retold.message).toBe(error.message)
    expect(retold.cause).toMatchObject({ requestId: 'r-1' })
    if (error.hint !== undefined) expect(retold.hint).toBe(error.hint)
  })

  test('a wrong parameter is named as the argument', () => {
    const body = { ...bodyOf(new common.InvalidArgument('x', 'Unknown.')), errors: [{ parameter: 'grup', detail: 'Unknown.' }] }
    expect(retell(body)).toMatchObject({ code: 'invalid_argument', argument: 'grup' })
  })

  test('a server that is closing is unreachable: Closed would mean this client', () => {
    expect(retell(bodyOf(new common.Closed('The service group')))).toMatchObject({ code: 'backend_unreachable', backend: endpoint, message: 'The service group is closed' })
  })

  test('a code of a newer server is unreachable with what it said', () => {
    expect(retell({ status: 500, detail: 'The server failed to answer', error: 'internal_error' })).toMatchObject({
      code: 'backend_unreachable',
      message: 'The server failed to answer',
      backend: endpoint,
    })
  })

  const others = [null, 'text', [], {}, { status: '404', detail: 'x', error: 'not_found' }, { code: 404, title: 'Not Found', description: '' }]
  test.each(others)('%j is no problem of Muster', (content) => {
    expect(parseProblem(content)).toBeUndefined()
  })
})
