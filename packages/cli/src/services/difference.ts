import type { Service } from '@muster/servicegroup'

import { cellText } from '../output/cell.js'
import type { Column } from '../output/list-printer.js'
import { serviceColumns } from './service-columns.js'

/** A column that says something else of a row than it did. */
export interface FieldDifference {
  readonly title: string
  readonly was: string
  readonly is: string
}

/** In the order of the columns. `after` null: there is nothing any more. */
export function differingFields<Row>(columns: readonly Column<Row>[], before: Row, after: Row | null): FieldDifference[] {
  return columns.flatMap(({ title, value }) => {
    const [was = '', is = ''] = [before, after].map((row) => cellText(row && value(row, 0), 'none'))
    return was === is ? [] : [{ title, was, is }]
  })
}

/** Different after every write. */
const bookkeeping = new Set(['Updated At', 'Index'])

/** A line for each field that is another: `Status: enabled -> disabled`. `after` null: it is deleted. */
export function describeDifference(before: Service, after: Service | null): string[] {
  return differingFields(serviceColumns, before, after).flatMap(({ title, was, is }) => (bookkeeping.has(title) ? [] : [`${title}: ${was} -> ${is}`]))
}
