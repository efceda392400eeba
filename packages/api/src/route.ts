import type { RequestHandler } from 'express'

import type { RequiredRole } from './auth/policy.js'
import type { Parameters } from './query.js'
import type { Schema } from './schemas/schema.js'

export type Method = 'get' | 'post' | 'patch' | 'delete'

/** An answer that is no problem. */
export interface Answer {
  readonly description: string
  /** Absent: no body. */
  readonly schema?: Schema
  /** Default `application/json`. */
  readonly type?: string
  /** Headers of its own, with what they say. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What a method of a path does, as far as a description of the API tells. */
export interface Operation {
  readonly summary: string
  readonly query?: Parameters
  /** Request headers that it reads, with what they say. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly schema: Schema; readonly types: readonly string[] }
  readonly answers: Readonly<Record<number, Answer>>
  /** Statuses that are answered with a problem, beside 400, 405 and 503. */
  readonly problems?: readonly number[]
}

/** One row of the table of what the server answers. */
export interface Route {
  /** As in OpenAPI: `/v1/service/{uuid}`. */
  readonly path: string
  readonly method: Method
  /** What a caller's token must allow. */
  readonly role: RequiredRole
  readonly operation: Operation
  /** Reads its body; default: as every path does. */
  readonly readBody?: RequestHandler
  readonly handler: RequestHandler
}
