/** What differs between two states of a keyed collection, in the order of `before` for what has gone and of `after` for the rest. */
export interface Differences<T> {
  readonly added: readonly T[]
  readonly removed: readonly T[]
  readonly changed: readonly { readonly before: T; readonly after: T }[]
}

/** Compares two maps by key; entries present in both count as changed unless `same` says they are the same. */
export function differences<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>, same: (before: T, after: T) => boolean): Differences<T> {
  const added: T[] = []
  const changed: { before: T; after: T }[] = []
  for (const [key, value] of after) {
    const old = before.get(key)
    if (old === undefined) added.push(value)
    else if (!same(old, value)) changed.push({ before: old, after: value })
  }
  const removed = [...before].flatMap(([key, value]) => (after.has(key) ? [] : [value]))
  return { added, removed, changed }
}
