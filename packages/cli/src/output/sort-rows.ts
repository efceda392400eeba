import { compareText } from '@muster/common'

import type { Cell } from './cell.js'

type Rows = readonly (readonly Cell[])[]

export interface Order {
  /** Indexes of the columns to sort by, the weightiest first. */
  readonly by: readonly number[]
  readonly descending: boolean
}

/**
 * Sorts as cliff does: stable, null after everything else (before it when descending), text by code points. A column
 * of values that have no order among each other is left out and told to `onUnsortable`.
 */
export function sortRows(rows: Rows, { by, descending }: Order, onUnsortable: (column: number) => void): Rows {
  return by.toReversed().reduce((sorted, column) => {
    const cells = sorted.map((row) => row[column] ?? null)
    if (!isSortable(cells)) {
      onUnsortable(column)
      return sorted
    }
    const sign = descending ? -1 : 1
    return sorted.toSorted((a, b) => sign * compareCells(a[column] ?? null, b[column] ?? null))
  }, rows)
}

function isSortable(cells: readonly Cell[]): boolean {
  const kinds = new Set(cells.filter((cell) => cell !== null).map((cell) => typeof cell))
  return kinds.size <= 1 && !(kinds.has('object') && cells.length > 1)
}

function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a !== 'string' && typeof a !== 'object') return Number(a) - Number(b)
  return typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : 0
}
