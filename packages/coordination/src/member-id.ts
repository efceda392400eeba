/** A new id of a member or contender: its names, the pid, and what makes it unlike any other: `indexer_controller-1_4711_1f2e3d4c`. */
export function makeMemberId(names: readonly string[], pid = process.pid): string {
  return [...names, pid, crypto.randomUUID().slice(0, 8)].join('_')
}
