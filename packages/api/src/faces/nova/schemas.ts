import { Ajv } from 'ajv'
import type { ErrorObject, SchemaObject } from 'ajv'

import { Refusal } from '../../problems.js'
import { ownSchemas } from '../../schemas/compile-schema.js'
import { since } from './microversions.js'
import { toPython } from '../python-text.js'

const truths: readonly unknown[] = [true, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes']
const falsehoods: readonly unknown[] = [false, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no']

export const isTrue = (value: unknown): boolean => truths.includes(value)

const shortText = { type: 'string', minLength: 1, maxLength: 255 }
const flag = { enum: [...truths, ...falsehoods] }

const ajv = new Ajv({ ...ownSchemas, verbose: true })

/** What is asked of a service named in the body, before version 2.53. */
export interface ActionBody {
  readonly host: string
  readonly binary: string
  readonly disabled_reason?: string
  readonly forced_down?: unknown
}

/** What is asked of a service named in the path, from version 2.53 on. */
export interface EditBody {
  readonly status?: 'enabled' | 'disabled'
  readonly disabled_reason?: string
  readonly forced_down?: unknown
}

const named = { host: shortText, binary: shortText, disabled_reason: shortText }
const readOldAction = bodyReader<ActionBody>(named, ['host', 'binary'])
const readNewAction = bodyReader<ActionBody>({ ...named, forced_down: flag }, ['host', 'binary'])

/** @throws Refusal, 400 */
export const readAction = (body: unknown, minor: number): ActionBody => (minor < since.forceDown ? readOldAction : readNewAction)(body)

/** @throws Refusal, 400 */
export const readEdit = bodyReader<EditBody>({ status: { type: 'string', enum: ['enabled', 'disabled'] }, disabled_reason: shortText, forced_down: flag })

function bodyReader<Body>(properties: Record<string, SchemaObject>, required: readonly string[] = []): (body: unknown) => Body {
  const isValid = ajv.compile<Body>({ type: 'object', properties, required, additionalProperties: false })
  return (body = null) => {
    if (isValid(body)) return body
    const [error] = isValid.errors ?? []
    throw new Refusal(400, 'invalid_argument', error ? tell(error) : 'The body is invalid')
  }
}

/** The value of each of these parameters, the last one if there are several; those that are not given, or empty, are undefined. @throws Refusal, 400 */
export function readQuery<Name extends string>(url: string, names: readonly Name[], minor: number): { readonly [name in Name]?: string } {
  const begin = url.indexOf('?')
  const given = new URLSearchParams(begin < 0 ? '' : url.slice(begin))
  const unknown = [...new Set(given.keys())].find((name) => !names.some((known) => known === name))
  if (unknown !== undefined && minor >= since.strictQueries) throw new Refusal(400, 'invalid_argument', unexpected(unknown))
  const values = names.flatMap((name) => {
    const value = given.getAll(name).at(-1)
    return value ? [[name, value]] : []
  })
  return Object.fromEntries(values) as { readonly [name in Name]?: string }
}

function tell(error: ErrorObject): string {
  const { instancePath, data } = error
  const field = instancePath.slice(1)
  if (field === '') return reasonOf(error)
  return `Invalid input for field/attribute ${field}. Value: ${typeof data === 'string' ? data : toPython(data)}. ${reasonOf(error)}`
}

const unexpected = (name: unknown): string => `Additional properties are not allowed (${toPython(name)} was unexpected)`

/** In the words of Python's jsonschema. */
function reasonOf({ keyword, params, data, message = 'is invalid' }: ErrorObject): string {
  const value = toPython(data)
  switch (keyword) {
    case 'required':
      return `${toPython(params.missingProperty)} is a required property`
    case 'additionalProperties':
      return unexpected(params.additionalProperty)
    case 'type':
      return `${value} is not of type ${toPython(params.type)}`
    case 'enum':
      return `${value} is not one of ${toPython(params.allowedValues)}`
    case 'minLength':
      return `${value} is too short`
    case 'maxLength':
      return `${value} is too long`
    default:
      return `${value} ${message}`
  }
}
