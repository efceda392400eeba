import { roles } from '@muster/servicegroup'
import type { CreateTokenOptions, TokenWriteOptions } from '@muster/servicegroup'
import type { Request, Response } from 'express'

import { answer, answerJson } from '../answer.js'
import type { Context } from '../context.js'
import { toFieldErrors } from '../field-errors.js'
import { Refusal } from '../problems.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { tokenJson } from '../row-json.js'
import { compileBody } from '../schemas/compile-schema.js'
import { bodies, body, tokenRequestSchema } from '../schemas/schemas.js'
import { goneSignal } from './parameters.js'
import { readActor, writeHeaders } from './write-options.js'

const readQuery = queryReader({})
const isRequest = compileBody<CreateTokenOptions>(tokenRequestSchema)
const unkept = ['Cache-Control', 'no-store']
const actorHeader = { 'X-Svc-Actor': writeHeaders['X-Svc-Actor'] }

/** @throws Refusal, 400, with the field that was probably meant */
function readRequest(content: unknown): CreateTokenOptions {
  if (content !== undefined && isRequest(content)) return content
  const errors = content === undefined ? [] : toFieldErrors('field', isRequest.errors)
  const detail = content === undefined ? 'There is no body' : errors.map((error) => error.detail).join(' ')
  throw new Refusal(400, 'invalid_argument', detail, { hint: `Send {"role": ${roles.map((role) => `"${role}"`).join(' or ')}}, and if you like a name and when it expires: "30d".`, errors })
}

const by = (req: Request, res: Response): TokenWriteOptions => ({ actor: readActor(req, res), source: req.socket.remoteAddress })

/** `GET`, `POST /v1/token` and `DELETE /v1/token/{id}`: who else may ask. */
export function tokenRoutes({ serviceGroup }: Context): Route[] {
  return [
    {
      path: '/v1/token',
      method: 'get',
      role: 'admin',
      operation: { summary: 'The tokens, the oldest first; never their texts.', query: {}, answers: { 200: { description: 'All of them.', schema: bodies('Token') } } },
      handler: async (req, res) => {
        readQuery(req.url)
        const tokens = await serviceGroup.listTokens({ signal: goneSignal(res) })
        answer(res, 200, ['Content-Type', 'application/json', ...unkept], Buffer.from(`[${tokens.map(tokenJson).join(',')}]`))
      },
    },
    {
      path: '/v1/token',
      method: 'post',
      role: 'admin',
      operation: {
        summary: 'Makes a token.',
        query: {},
        headers: actorHeader,
        body: { schema: body('TokenRequest'), types: ['application/json'] },
        answers: { 201: { description: 'With its text, which is told this once.', schema: body('CreatedToken') } },
        problems: [413, 415],
      },
      handler: async (req, res) => {
        readQuery(req.url)
        const { token, ...row } = await serviceGroup.createToken(readRequest(req.body), by(req, res))
        answerJson(res, 201, { token, ...row }, unkept)
      },
    },
    {
      path: '/v1/token/{id}',
      method: 'delete',
      role: 'admin',
      operation: { summary: 'Revokes a token: nobody is let in by it any more.', query: {}, headers: actorHeader, answers: { 200: { description: 'As it was.', schema: body('Token') } }, problems: [404] },
      handler: async (req, res) => {
        readQuery(req.url)
        const revoked = await serviceGroup.revokeToken(String(req.params.id), by(req, res))
        answer(res, 200, ['Content-Type', 'application/json', ...unkept], Buffer.from(tokenJson(revoked)))
      },
    },
  ]
}
