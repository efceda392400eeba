import { createRequire } from 'node:module'

import { answer } from './answer.js'
import type { RequiredRole } from './auth/policy.js'
import type { Parameters } from './query.js'
import type { Answer, Operation, Route } from './route.js'
import { body, schemas } from './schemas/schemas.js'
import { text } from './schemas/schema.js'
import type { Schema } from './schemas/schema.js'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

/** The OpenAPI document of the routes: every path, parameter and body that the server knows. */
export function describeApi(routes: readonly Route[]): Schema {
  const paths = new Map<string, Record<string, unknown>>()
  for (const { path, method, role, operation } of routes) {
    const methods = paths.get(path) ?? {}
    methods[method] = describeOperation(path, method, role, operation)
    paths.set(path, methods)
  }
  const info = { title: 'Muster', version, description: 'Which workers are alive, where they run and since when; and what is to become of their services.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } }
  return { openapi: '3.1.0', info, paths: Object.fromEntries(paths), components: { schemas, securitySchemes } }
}

/** A token in either header. */
const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer' },
  token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
} as const

function describeOperation(path: string, method: string, role: RequiredRole, { summary, query = {}, headers = {}, body: content, answers, problems = [] }: Operation): Schema {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text }))
  const responses = Object.entries(answers).map(([status, told]) => [status, describeAnswer(told)] as const)
  const problem: Answer = { description: 'What is wrong.', schema: body('Problem'), type: 'application/problem+json' }
  return {
    operationId: `${method}${path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase()) || 'Root'}`,
    summary,
    'x-role': role,
    security: role === 'open' ? [] : Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    parameters: [...names, ...describeQuery(query), ...Object.entries(headers).map(([name, description]) => ({ name, in: 'header', description, schema: text }))],
    ...(content && { requestBody: { required: true, content: Object.fromEntries(content.types.map((type) => [type, { schema: content.schema }])) } }),
    responses: { ...Object.fromEntries(responses), ...Object.fromEntries([...problems].map((status) => [status, describeAnswer(problem)])), default: describeAnswer(problem) },
  }
}

const describeQuery = (query: Parameters): Schema[] =>
  Object.entries(query).map(([name, { schema, isRepeatable, description }]) => ({ name, in: 'query', description, schema: isRepeatable ? { type: 'array', items: schema } : schema }))

const describeAnswer = ({ description, schema, type = 'application/json', headers = {} }: Answer): Schema => ({
  description,
  ...(schema && { content: { [type]: { schema } } }),
  headers: Object.fromEntries(Object.entries(headers).map(([name, said]) => [name, { description: said, schema: text }])),
})

/** `GET /openapi.json`: the description of all routes, this one too. `routes` is asked when somebody asks for it, and once. */
export function openApiRoute(routes: () => readonly Route[]): Route {
  let bytes: Buffer | undefined
  return {
    path: '/openapi.json',
    method: 'get',
    role: 'open',
    operation: { summary: 'This description, as OpenAPI 3.1.', answers: { 200: { description: 'The document.', schema: body('OpenApi') } } },
    handler: (_req, res) => {
      bytes ??= Buffer.from(JSON.stringify(describeApi(routes())))
      answer(res, 200, ['Content-Type', 'application/json', 'Cache-Control', 'no-cache'], bytes)
    },
  }
}
