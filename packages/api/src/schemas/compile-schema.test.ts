import { expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'

import { clusterRequestSchema, reportRequest, stepReportRequest, stepRequestSchema } from './cluster-schemas.js'
import { servicePatchSchema, tokenRequestSchema } from './schemas.js'
import { webhookPatchSchema, webhookRequestSchema } from './webhook-schemas.js'

const all = { clusterRequestSchema, reportRequest, stepReportRequest, stepRequestSchema, servicePatchSchema, tokenRequestSchema, webhookPatchSchema, webhookRequestSchema }

test.each(Object.entries(all))('%s is a schema', (_, schema) => {
  const ajv = new Ajv2020()
  expect([ajv.validateSchema(schema), ajv.errors]).toEqual([true, null])
})

test('what is none is found to be none', () => {
  expect(new Ajv2020().validateSchema({ type: 'object', required: 'name' }, false)).toBe(false)
})
