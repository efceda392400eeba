import type { Kysely, Transaction } from 'kysely'

import type { WaitOptions } from '../sqlite.js'

/** What differs between the databases of a history where they are read. What it throws is raw, for `isHindered` and `translate`. */
export interface Reader<Tables> {
  readonly kind: 'sqlite' | 'postgresql'
  readonly shown: string
  read<T>(work: (tables: Kysely<Tables>) => Promise<T>, wait: WaitOptions): Promise<T>
  /** True when nothing was done because of another transaction: doing it again may help. */
  readonly isHindered: (error: unknown) => boolean
  translate(error: unknown): unknown
  onCommit(listener: () => void): () => void
  close(): Promise<void>
}

/** Who is to hear of a commit: with `others`, not who listens on the same `History`. */
export type Hearers = 'everyone' | 'others' | 'nobody'

/** And where they are written. */
export interface Engine<Tables> extends Reader<Tables> {
  write<T>(work: (tables: Transaction<Tables>) => Promise<T>, wait: WaitOptions, tell: Hearers): Promise<T>
}
