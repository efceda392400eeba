import { toAscii } from '@muster/common'

import { toObjects } from './cell.js'
import type { Table } from './cell.js'

/** A list of objects in ASCII alone, as Python's json writes them: two spaces deep, or with `indent` false on one line. */
export function renderJson(table: Table, { indent }: { readonly indent: boolean }): string {
  const json = JSON.stringify(toObjects(table), null, indent ? 2 : 1)
  return `${toAscii(indent ? json : onOneLine(json))}\n`
}

/** Bare newlines are JSON's own: inside strings it has escaped them. */
const onOneLine = (json: string): string => json.replace(/,\n */g, ', ').replace(/\n */g, '')

/** Any value in ASCII alone; on one line, as a reader of lines wants it, unless `indent` says how deep to indent. */
export const asciiJson = (value: unknown, indent?: number): string => toAscii(JSON.stringify(value, null, indent))
