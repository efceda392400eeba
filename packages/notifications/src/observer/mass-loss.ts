const windowMs = 10_000
const fewest = 5

/** Tells when more than half of a group, and at least five, go within ten seconds: then it is rarely the workers that have failed. */
export class MassLoss {
  readonly #sizes = new Map<string, number>()
  readonly #losses = new Map<string, { readonly at: number; readonly members: number }[]>()

  /** The group has so many members more. */
  grow(group: string, members: number): void {
    this.#sizes.set(group, (this.#sizes.get(group) ?? 0) + members)
  }

  /** The groups of which these losses, one for each member that is about to be taken away, are such a one; with those of the last ten seconds. */
  judge(lost: Iterable<string>, at: number): Set<string> {
    const members = new Map<string, number>()
    for (const group of lost) members.set(group, (members.get(group) ?? 0) + 1)
    return new Set([...members].flatMap(([group, now]) => (this.#isOne(group, now, at) ? [group] : [])))
  }

  #isOne(group: string, now: number, at: number): boolean {
    const recent = (this.#losses.get(group) ?? []).filter((loss) => loss.at > at - windowMs)
    const before = recent.reduce((sum, loss) => sum + loss.members, 0)
    this.#losses.set(group, [...recent, { at, members: now }])
    return before + now >= fewest && before + now > (before + (this.#sizes.get(group) ?? 0)) / 2
  }
}
