import { compareText } from '@muster/common'

import { isWords, toObjects } from './cell.js'
import type { Cell, Table } from './cell.js'
import { isShortKey, yamlScalar } from './yaml-scalar.js'

/** A list of mappings in ASCII alone, with sorted keys, as PyYAML's safe_dump writes it. */
export function renderYaml(table: Table): string {
  if (table.rows.length === 0) return '[]\n'
  return toObjects(table)
    .map((row) => `- ${mapping(row, 2).trimStart()}`)
    .join('')
}

/** One mapping alone. */
export const renderYamlMapping = (record: Readonly<Record<string, Cell>>): string => mapping(record, 0)

function mapping(record: Readonly<Record<string, Cell>>, indent: number): string {
  return Object.entries(record)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => entry(key, value, indent))
    .join('')
}

function entry(key: string, value: Cell, indent: number): string {
  const margin = ' '.repeat(indent)
  if (!isShortKey(key)) return `${margin}? ${yamlScalar(key, { column: indent + 1, indent: indent + 2 })}\n${margin}:${content(value, indent, indent + 1)}`
  const start = `${margin}${yamlScalar(key)}:`
  return start + content(value, indent, start.length)
}

/** What follows the colon in this column. */
function content(value: Cell, indent: number, column: number): string {
  if (typeof value === 'string') return ` ${yamlScalar(value, { column, indent: indent + 2 })}\n`
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return ` ${value}\n`
  if (isWords(value)) return value.length === 0 ? ' []\n' : `\n${value.map((word) => `${' '.repeat(indent)}- ${yamlScalar(word, { column: indent + 1, indent: indent + 2 })}\n`).join('')}`
  return Object.keys(value).length === 0 ? ' {}\n' : `\n${mapping(value, indent + 2)}`
}
