import { didYouMean } from '@muster/common'
import { Ajv } from 'ajv'
import type { ErrorObject } from 'ajv'

import { Refusal } from './problems.js'
import type { ParameterError } from './problems.js'

const ajv = new Ajv({ allErrors: true })

/** The values of each parameter that was given. */
export type Query<Name extends string> = { readonly [name in Name]?: readonly string[] }

/**
 * Makes the reader of a path's query, whose parameters are `names`, each as often as the client likes: from a
 * request's URL to their values. The reader throws Refusal, 400, for any other parameter, with the name that was
 * probably meant.
 */
export function queryReader<Name extends string>(names: readonly Name[]): (url: string) => Query<Name> {
  const isValid = ajv.compile<Query<Name>>({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'array', items: { type: 'string' } }])),
    additionalProperties: false,
  })
  const hint = names.length === 0 ? 'This path takes no parameters.' : `Parameters: ${names.join(', ')}.`
  return (url) => {
    const query = parse(url)
    if (isValid(query)) return query
    const errors = (isValid.errors ?? []).map((error) => toParameterError(error, names))
    throw new Refusal(400, 'invalid_argument', errors.map(({ detail }) => detail).join(' '), { hint, errors })
  }
}

function parse(url: string): unknown {
  const begin = url.indexOf('?')
  if (begin < 0) return {}
  const values = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(url.slice(begin))) {
    const others = values.get(name)
    if (others) others.push(value)
    else values.set(name, [value])
  }
  return Object.fromEntries(values)
}

function toParameterError({ keyword, params, instancePath, message = 'is wrong' }: ErrorObject, names: readonly string[]): ParameterError {
  const unknown: unknown = keyword === 'additionalProperties' ? params.additionalProperty : undefined
  if (typeof unknown === 'string') return { parameter: unknown, detail: `Unknown parameter '${unknown}'.${didYouMean(unknown, names)}` }
  const parameter = instancePath.slice(1)
  return { parameter, detail: `Parameter '${parameter}' ${message}.` }
}
