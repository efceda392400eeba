import { expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'

import { ServedStore } from './served-store.js'

test('the server describes all its paths in valid OpenAPI 3.1', async () => {
  await using store = await ServedStore.start()
  const document = (await (await store.get('/openapi.json')).json()) as { openapi: string; paths: Record<string, Record<string, unknown>> }
  const validator = new Validator()
  expect(await validator.validate(document)).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
  expect(Object.entries(document.paths).map(([path, methods]) => `${Object.keys(methods).join(',')} ${path}`)).toEqual([
    'get /v1/service',
    'get,patch,delete /v1/service/{uuid}',
    'get /v1/service/{uuid}/explanation',
    'get /v1/liveness',
    'get /v1/watch',
    'get /v1/group',
    'get /v1/group/{group}/member',
    'get /v1/host',
    'get /v1/zone',
    'get,post /v1/token',
    'delete /v1/token/{id}',
    'get,post /v1/webhook',
    'patch,delete /v1/webhook/{id}',
    'post /v1/webhook/{id}/secret',
    'post /v1/webhook/{id}/test',
    'get /v1/change',
    'get /v1/change/stream',
    'get /v1/notification',
    'get /v1/notification/stream',
    'get /v1/state',
    'get /v1/difference',
    'get /v1/schema/{name}',
    'get,post /v1/cluster',
    'get,delete /v1/cluster/{id}',
    'get,post /v1/cluster/{id}/step',
    'get /v1/step/{id}',
    'post /v1/step/{id}/renewal',
    'get,post /v1/cluster/{id}/event',
    'post /v1/step/{id}/event',
    'get /v1/cluster/{id}/stream',
    'get /livez',
    'get /readyz',
    'get /metrics',
    'get /openapi.json',
    'get /v1',
    'get /',
  ])
})

test('a document that is wrong is found to be', async () => {
  expect(await new Validator().validate({ openapi: '3.1.0', info: { title: 'x' }, paths: { '/a': { get: { responses: 7 } } } })).toMatchObject({ valid: false })
})
