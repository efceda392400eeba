import type { Service } from '@muster/servicegroup'

import { cellText } from '../output/cell.js'
import { serviceColumns } from './service-columns.js'

/** Different after every write. */
const bookkeeping = new Set(['Updated At', 'Index'])

/** A line for each field that is another: `Status: enabled -> disabled`. `after` null: it is deleted. */
export function describeDifference(before: Service, after: Service | null): string[] {
  return serviceColumns.flatMap(({ title, value }) => {
    const [was, is] = [before, after].map((service) => cellText(service && value(service, 0), 'none'))
    return was === is || bookkeeping.has(title) ? [] : [`${title}: ${was} -> ${is}`]
  })
}
