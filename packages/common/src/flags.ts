import { InvalidArgument } from './errors.js'

/** Reads an option that is true or false, in the words that tooz takes. `name`: what errors call it. @throws InvalidArgument @see oslo.utils strutils.bool_from_string */
export function parseFlag(text: string, name: string): boolean {
  const word = text.trim().toLowerCase()
  if (['true', 't', 'yes', 'y', 'on', '1'].includes(word)) return true
  if (['false', 'f', 'no', 'n', 'off', '0'].includes(word)) return false
  throw new InvalidArgument(name, `${name}: give true or false`)
}
