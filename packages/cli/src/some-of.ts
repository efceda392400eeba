/** The first of them, and how many more there are. */
export function atMost(limit: number, words: readonly string[]): string {
  const more = words.length - limit
  return words.slice(0, limit).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** For a sentence: `groups: default, vitrage`. */
export function describeGroups(groups: readonly { readonly group: string }[]): string {
  return groups.length === 0 ? 'there are no groups' : `groups: ${atMost(10, groups.map(({ group }) => group))}`
}
