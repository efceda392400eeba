import type { Group, Host, Service, Token, Worker, Zone } from '@muster/servicegroup'

import { groupSchema, hostSchema, serviceSchema, tokenSchema, workerSchema, zoneSchema } from './schemas/schemas.js'
import type { ObjectSchema } from './schemas/schema.js'

/** Writes rows as they go over the wire: the schema's keys in their order, and no others. Made once for each row, however often it is told. */
function rowWriter<T extends object>(schema: ObjectSchema<T>): (row: T) => string {
  const keys = Object.keys(schema.properties) as (keyof T)[]
  const texts = new WeakMap<T, string>()
  return (row) => {
    let text = texts.get(row)
    if (text === undefined) {
      const told: Partial<T> = {}
      for (const key of keys) told[key] = row[key]
      text = JSON.stringify(told)
      texts.set(row, text)
    }
    return text
  }
}

export const workerJson = rowWriter<Worker>(workerSchema)
export const groupJson = rowWriter<Group>(groupSchema)
export const serviceJson = rowWriter<Service>(serviceSchema)
export const hostJson = rowWriter<Host>(hostSchema)
export const tokenJson = rowWriter<Token>(tokenSchema)
export const zoneJson = rowWriter<Zone>(zoneSchema)
