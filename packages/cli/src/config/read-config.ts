import { didYouMean, settingNames, settings } from '@muster/common'
import type { Setting, SettingName } from '@muster/common'
import { Ajv } from 'ajv'
import type { ErrorObject } from 'ajv'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'

import type { ConfigFile } from './find-config.js'

/** What a file sets, and what is wrong with it: nothing is used of a file with mistakes. */
export interface ReadConfig {
  readonly values: readonly FileValue[]
  /** Sentences, each beginning with the file and the line. */
  readonly mistakes: readonly string[]
}

export interface FileValue {
  readonly name: SettingName
  /** As a variable would say it. */
  readonly value: string
  /** `file:line`. */
  readonly place: string
}

/** Without a check of the schemas themselves, of which the tests see that they are right: it takes longer than to read the file. */
const isValid = new Ajv({ allErrors: true, allowUnionTypes: true, meta: false, validateSchema: false }).compile<Partial<Record<SettingName, string | number>> | null>({
  type: ['object', 'null'], // null is what a file with comments alone says
  properties: Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])),
  additionalProperties: false,
})

/** Reads and checks a file of settings. No value is told in a mistake: it may hold a password. */
export function readConfig({ path, text }: ConfigFile): ReadConfig {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const at = (offset: number): string => `${path}:${counter.linePos(offset).line}`
  const wrong = (...mistakes: string[]): ReadConfig => ({ values: [], mistakes })
  if (document.errors.length > 0) return wrong(...document.errors.map(({ pos: [offset], message }) => `${at(offset)}: ${message}`))

  const pairs = isMap(document.contents) ? document.contents.items : []
  const place = (key: string): string => {
    const found = pairs.map(({ key: node }) => node).find((node) => isScalar(node) && String(node.value) === key)
    return found ? at(found.range[0]) : path
  }
  let content: unknown
  try {
    content = document.toJS()
  } catch (error) {
    return wrong(`${path}: ${error instanceof Error ? error.message : String(error)}`) // aliases without end
  }
  if (!isValid(content)) {
    const errors = isValid.errors ?? []
    return wrong(...errors.map((error) => describeMistake(error, content, place)).sort(byLine))
  }
  return { values: Object.entries(content ?? {}).map(([name, value]) => ({ name: name as SettingName, value: String(value), place: place(name) })), mistakes: [] }
}

const byLine = (one: string, other: string): number => new Intl.Collator('en', { numeric: true }).compare(one, other)

function describeMistake({ keyword, params, instancePath, message = 'is wrong' }: ErrorObject, content: unknown, place: (key: string) => string): string {
  const unknown: unknown = keyword === 'additionalProperties' ? params.additionalProperty : undefined
  if (typeof unknown === 'string') return `${place(unknown)}: unknown key '${unknown}'.${didYouMean(unknown, settingNames) || ` The keys are ${settingNames.join(', ')}.`}`
  const key = instancePath.slice(1)
  const setting = (settings as Readonly<Record<string, Setting>>)[key]
  if (setting === undefined) return `${place(key)}: the file must say one setting a line, such as 'port: 8999'`
  const value: unknown = Object.entries(content ?? {}).find(([name]) => name === key)?.[1]
  if (keyword === 'enum') return `${place(key)}: ${key} is none of ${(params.allowedValues as readonly string[]).join(', ')}.${typeof value === 'string' ? didYouMean(value, params.allowedValues as readonly string[]) : ''}`
  if (keyword === 'pattern') return `${place(key)}: ${key} is no such URL as ${setting.example}`
  const quotes = params.type === 'string' && (typeof value === 'number' || typeof value === 'boolean') ? '; put it in quotes' : ''
  return `${place(key)}: ${key} ${message}${quotes}, e.g. ${setting.example}`
}
