import { didYouMean } from '@muster/common'
import type { ErrorObject } from 'ajv'

import type { ParameterError } from './problems.js'

/** Of a request with thousands of mistakes the first ones say enough. */
const mostErrors = 20

/** What a schema found wrong, in words; the first mistakes of many. */
export const toFieldErrors = (noun: string, errors: readonly ErrorObject[] | null | undefined): ParameterError[] => (errors ?? []).slice(0, mostErrors).map((error) => toFieldError(noun, error))

/** `noun`: what a key of the checked object is to the client. Needs ajv's `verbose`. */
function toFieldError(noun: string, { keyword, params, instancePath, data, parentSchema, message = 'is wrong' }: ErrorObject): ParameterError {
  const path = instancePath.slice(1).replace(/\/\d+$/, '').replaceAll('/', '.')
  const known: unknown = parentSchema?.properties
  const unknown: unknown = keyword === 'additionalProperties' ? params.additionalProperty : undefined
  if (typeof unknown === 'string') {
    const parameter = path === '' ? unknown : `${path}.${unknown}`
    return { parameter, detail: `Unknown ${noun} '${parameter}'.${didYouMean(unknown, Object.keys(known ?? {}))}` }
  }
  return { parameter: path, detail: `${noun.replace(/^./, (letter) => letter.toUpperCase())} '${path}' ${describe()}` }

  function describe(): string {
    if (keyword === 'maxItems') return 'was given more than once.'
    if (keyword !== 'enum') return `${message}.`
    const choices = (params.allowedValues as readonly unknown[]).map(String)
    return `is none of ${choices.join(', ')}: ${JSON.stringify(data)}.${typeof data === 'string' ? didYouMean(data, choices) : ''}`
  }
}
