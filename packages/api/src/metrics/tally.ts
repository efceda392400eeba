/** Values of a metric's labels, by name. */
export type Labels = Readonly<Record<string, string>>

/** What is counted beyond the limit stands under this value of every label. */
export const otherValue = 'other'

/**
 * Counts by labels, at most `limit` different sets of them: groups and types are what workers say of themselves, and a
 * series for each could be any number. Those that come when the limit is reached count together.
 */
export class Tally {
  readonly #limit: number
  readonly #counts = new Map<string, { readonly labels: Labels; count: number }>()

  constructor(limit = 1000) {
    this.#limit = limit
  }

  add(labels: Labels, count = 1): void {
    const known = this.#find(labels) ?? (this.#counts.size < this.#limit ? this.#begin(labels) : this.#rest(labels))
    known.count += count
  }

  /** Each set of labels with its count. */
  counts(): Iterable<{ readonly labels: Labels; readonly count: number }> {
    return this.#counts.values()
  }

  #find(labels: Labels): { count: number } | undefined {
    return this.#counts.get(keyOf(labels))
  }

  #begin(labels: Labels): { count: number } {
    const begun = { labels, count: 0 }
    this.#counts.set(keyOf(labels), begun)
    return begun
  }

  #rest(labels: Labels): { count: number } {
    const rest = Object.fromEntries(Object.keys(labels).map((name) => [name, otherValue]))
    return this.#find(rest) ?? this.#begin(rest)
  }
}

const keyOf = (labels: Labels): string => JSON.stringify(Object.values(labels))
