import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Options, ValidateFunction } from 'ajv/dist/2020.js'

import type { Schema } from './schema.js'

/** For schemas of our own: that they are schemas a test finds out, not each server anew as it starts. */
export const ownSchemas = { meta: false, validateSchema: false } as const satisfies Options

const options: Options = { ...ownSchemas, allErrors: true, verbose: true, allowUnionTypes: true, formats: { 'date-time': true } }
const ofBodies = new Ajv2020(options)
const ofQueries = new Ajv2020({ ...options, coerceTypes: true })

/** What tells whether a body is as a schema has it, and all that is wrong with it. */
export const compileBody = <T>(schema: Schema): ValidateFunction<T> => ofBodies.compile<T>(schema)

/** The same of a query: text that says a number or a truth is one. */
export const compileQuery = <T>(schema: Schema): ValidateFunction<T> => ofQueries.compile<T>(schema)
