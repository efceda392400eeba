import type { WorkerFilter } from '@muster/servicegroup'

const text = { type: 'string', array: true, requiresArg: true } as const

/** The options that say which workers are meant. */
export const filterOptions = {
  group: { ...text, describe: 'Only this group; may be repeated, as the next three' },
  name: { ...text, describe: 'Only workers of this name' },
  hostname: { ...text, describe: 'Only workers on this host' },
  type: { ...text, describe: 'Only workers of this kind of service' },
} as const

/** The options that say which services are meant. */
export const serviceOptions = {
  type: { ...text, describe: 'Only services of this type; may be repeated, as the next two' },
  hostname: { ...text, describe: 'Only services on this host' },
  state: { ...text, choices: ['up', 'down'], describe: 'Only those that are so' },
} as const

/** Alike when each field holds the same words, for a sentence: `in group 'a' or 'b', on host 'h'`. */
export function describeFilter({ group, name, hostname, type }: WorkerFilter): string {
  const parts = [
    ['in group', group],
    ['named', name],
    ['on host', hostname],
    ['of type', type],
  ] as const
  return parts.flatMap(([words, values]) => (values === undefined ? [] : [` ${words} ${[values].flat().map((value) => `'${value}'`).join(' or ')}`])).join('')
}
