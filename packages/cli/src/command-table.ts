import type { Command } from './command.js'

/**
 * The words of `svc`, each loaded only when it is needed: what one command needs never slows another. Some names are two
 * words: `maintenance on`.
 */
export type CommandTable = Readonly<Record<string, () => Promise<{ readonly command: Command }>>>

/** All of them, by name. */
export async function loadAll(commands: CommandTable): Promise<ReadonlyMap<string, Command>> {
  const loaded = new Map<string, Command>()
  for (const [name, load] of Object.entries(commands)) loaded.set(name, (await load()).command)
  return loaded
}

/** The name that the words begin with, and what stands behind it; undefined when they begin with none. */
export function findCommand(has: (name: string) => boolean, [first = '', second, ...others]: readonly string[]): { readonly name: string; readonly rest: readonly string[] } | undefined {
  if (second !== undefined && has(`${first} ${second}`)) return { name: `${first} ${second}`, rest: others }
  return has(first) ? { name: first, rest: second === undefined ? [] : [second, ...others] } : undefined
}

/** What may stand behind `first` in the names that begin with it: `on` and `off` behind `maintenance`. */
export const secondWords = (names: Iterable<string>, first: string): string[] => [...names].flatMap((name) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []))
