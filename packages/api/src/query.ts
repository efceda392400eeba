import { toFieldErrors } from './field-errors.js'
import { Refusal } from './problems.js'
import { compileQuery } from './schemas/compile-schema.js'
import type { Schema } from './schemas/schema.js'

/** A parameter of a path's query. */
export interface Parameter<Value = unknown> {
  /** Of one value. */
  readonly schema: Schema
  readonly isRepeatable: boolean
  readonly description: string
  /** Never there: it says what is read. */
  readonly value?: Value
}

export type Parameters = Readonly<Record<string, Parameter>>

/** The values of the parameters that were given. */
export type Query<P extends Parameters> = { readonly [Name in keyof P]?: P[Name] extends Parameter<infer Value> ? Value : never }

/** As often as the client likes. */
export const texts = <Word extends string = string>(description: string, choices?: readonly Word[]): Parameter<readonly Word[]> => ({ schema: textSchema(choices), isRepeatable: true, description })
export const text = <Word extends string = string>(description: string, choices?: readonly Word[]): Parameter<Word> => ({ schema: textSchema(choices), isRepeatable: false, description })
export const flag = (description: string): Parameter<boolean> => ({ schema: { type: 'boolean' }, isRepeatable: false, description })
export const integer = (description: string, minimum: number, maximum: number): Parameter<number> => ({ schema: { type: 'integer', minimum, maximum }, isRepeatable: false, description })

const textSchema = (choices?: readonly string[]): Schema => ({ type: 'string', ...(choices && { enum: choices }) })

/**
 * Makes the reader of a path's query: from a request's URL to the values of its parameters. The reader throws Refusal,
 * 400, for any other parameter, with the name that was probably meant, and for values that cannot be.
 */
export function queryReader<P extends Parameters>(parameters: P): (url: string) => Query<P> {
  const all = Object.entries(parameters)
  const once = all.filter(([, { isRepeatable }]) => !isRepeatable).map(([name]) => name)
  const isValid = compileQuery<Record<string, unknown[]>>({
    type: 'object',
    properties: Object.fromEntries(all.map(([name, { schema, isRepeatable }]) => [name, { type: 'array', items: schema, ...(!isRepeatable && { maxItems: 1 }) }])),
    additionalProperties: false,
  })
  const hint = all.length === 0 ? 'This path takes no parameters.' : `Parameters: ${Object.keys(parameters).join(', ')}.`
  return (url) => {
    const query = parseQuery(url)
    if (!isValid(query)) {
      const errors = toFieldErrors('parameter', isValid.errors)
      throw new Refusal(400, 'invalid_argument', errors.map(({ detail }) => detail).join(' '), { hint, errors })
    }
    const single = once.flatMap((name) => (query[name] ? [[name, query[name][0]] as const] : []))
    return { ...query, ...Object.fromEntries(single) } as Query<P>
  }
}

/** Every parameter with its values, unchecked. */
export function parseQuery(url: string): Record<string, unknown> {
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

/** The refusal of one parameter's value. */
export const refuseParameter = (parameter: string, detail: string, hint?: string): Refusal => new Refusal(400, 'invalid_argument', detail, { hint, errors: [{ parameter, detail }] })
