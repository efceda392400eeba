import type { Service } from '@muster/servicegroup'

const letter = (state: Service['state']): string => state.charAt(0)

/** The tag of a service: the index of its record, and all in it that is not of the record alone: state, effective, whether its window is over. */
export const tagOf = ({ index, state, effective, maintenance }: Service): string => `"${index}.${letter(state)}${letter(effective)}${maintenance ? 'm' : ''}"`

/**
 * The indexes of the records that a client allows to be changed by its If-Match; undefined: any. Only the index counts: a worker that came or
 * went meanwhile is no conflict. A weak tag is none, as RFC 9110 has it.
 */
export function indexesOf(ifMatch: string | undefined): readonly string[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  return ifMatch.split(',').map((tag) => /^"([^".]*)[^"]*"$/.exec(tag.trim())?.[1] ?? '')
}
