import type { ValidateFunction } from 'ajv/dist/2020.js'

import { toFieldErrors } from '../field-errors.js'
import { Refusal } from '../problems.js'

/** @throws Refusal, 400, with the field that was probably meant */
export function readBody<T>(content: unknown, isBody: ValidateFunction<T>, hint: string): T {
  if (content !== undefined && isBody(content)) return content
  const errors = content === undefined ? [] : toFieldErrors('field', isBody.errors)
  throw new Refusal(400, 'invalid_argument', content === undefined ? 'There is no body' : errors.map(({ detail }) => detail).join(' '), { hint, errors })
}
