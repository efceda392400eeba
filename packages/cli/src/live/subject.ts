import type { ServiceGroupApi, WatchWorkersOptions } from '@muster/servicegroup'

/** What has just happened to a row. */
export type Mark = 'came' | 'went' | 'changed'

/** What can be watched, and how it is told. A `Change` is what JSON has of it. */
export interface Subject<Row, Change extends object> {
  /** One of them, for people: `worker`. */
  readonly one: string
  /** As the first line of JSON has them: `workers`. */
  readonly many: string
  /** The options that show fewer, for a sentence. */
  readonly filters: string
  keyOf(row: Row): string
  /** The order of every list. */
  compare(a: Row, b: Row): number
  /** What has happened to which row. */
  read(change: Change): { readonly mark: Mark; readonly row: Row }
  /** One line for people. `at`: default now. */
  describe(change: Change, at?: Date): string
  /** Yields first every row as one that came. */
  watch(reader: ServiceGroupApi, options: WatchWorkersOptions): AsyncIterable<readonly Change[]>
}
