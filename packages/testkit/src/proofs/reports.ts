import type { EventRow } from '@muster/provisioning'

/** Of those that report and those that judge them. */
export const instanceName = (reporter: string, number: number): string => `${reporter}-${number}`
export const hasFailed = (number: number): boolean => number % 20 === 7

/** Acknowledged reports that are not among the events as they were made. */
export function lostReports(acknowledged: ReadonlyMap<string, ReadonlySet<number>>, events: readonly EventRow[]): number {
  const found = new Map(events.map(({ instance_name: name, successful }) => [name, successful]))
  let lost = 0
  for (const [reporter, numbers] of acknowledged) for (const number of numbers) if (found.get(instanceName(reporter, number)) !== !hasFailed(number)) lost += 1
  return lost
}

/** Events beyond the first of their instance. */
export const doubledEvents = (events: readonly EventRow[]): number => events.length - new Set(events.map(({ instance_name: name }) => name)).size
