import { InvalidArgument } from '@muster/common'

import { limits } from './contract.js'

// What ZooKeeper, Python tooz (ASCII only) and a URL path all take.
const allowedKey = /^[A-Za-z0-9 ._()@:+=,~%-]+$/
const reserved = new Set(['.', '..', 'leader', 'locks'])

/** @throws InvalidArgument when `key` cannot be written as it is; see `encodeKey`. */
export function checkKey(key: string): void {
  if (key.length <= limits.keyLength && allowedKey.test(key) && !reserved.has(key)) return
  throw new InvalidArgument('key', `The key ${JSON.stringify(key.slice(0, 80))} is not allowed`, {
    hint: `A key has 1 to ${limits.keyLength} characters of A-Z a-z 0-9 space . _ ( ) @ : + = , ~ % - and is not . .. leader or locks.`,
  })
}

const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/**
 * Makes an allowed key of any text: other characters become `%XX`, and what is too long is cut and ends in `~` and
 * 8 hex digits of its hash. Different texts give different keys; a key that was cut stands for itself, so that what a
 * list shows can be asked for.
 * @throws InvalidArgument when the text is empty.
 */
export function encodeKey(text: string): string {
  if (text === '') throw new InvalidArgument('key', 'An empty name is not allowed')
  const key = reserved.has(text) ? percent(text.slice(0, 1)) + text.slice(1) : text.replace(/[^A-Za-z0-9 ._()@:+=,~-]+/gu, percent)
  if (key.length <= limits.keyLength) return key
  const { createHash } = process.getBuiltinModule('node:crypto') // takes as long to load as all of this package, and few keys are cut
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${key.slice(0, limits.keyLength - 9)}~${hash}`
}

/** The text that `encodeKey` made this key of; a key that it did not make, or had to cut, comes back as it is. */
export function decodeKey(key: string): string {
  if (!key.includes('%')) return key
  try {
    const text = decodeURIComponent(key)
    return encodeKey(text) === key ? text : key
  } catch {
    return key
  }
}
