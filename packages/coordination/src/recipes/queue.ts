/** The line in which contenders for a lock or for a leadership stand: keys that end in tooz's or kazoo's mark and a sequence. */

import { decodeKey, encodeKey } from '../keys.js'

export type ContenderKind = 'exclusive' | 'shared'

/** What a contender's key has before its sequence. Python's `Lock`, `ReadLock` and `WriteLock` all wait for both. */
export const infixOf: Readonly<Record<ContenderKind, string>> = Object.freeze({ exclusive: '__lock__', shared: '__shared__lock__' })

/** `__rlock__` is kazoo's own mark of a reader. What has no such mark is nobody's. */
const contenderKey = /(?<mark>__shared__lock__|__rlock__|__lock__)(?<sequence>\d{10})$/

export interface Contender {
  readonly key: string
  readonly kind: ContenderKind
  /** Sorts the line. */
  readonly sequence: string
}

/** The contenders among the keys of a collection, first in line first. */
export function lineUp(keys: Iterable<string>): Contender[] {
  const line: Contender[] = []
  for (const key of keys) {
    const { mark, sequence } = contenderKey.exec(key)?.groups ?? {}
    if (sequence !== undefined) line.push({ key, kind: mark === infixOf.exclusive ? 'exclusive' : 'shared', sequence })
  }
  return line.sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
}

/**
 * Whom the contender at `index` waits for: the nearest one before it that is exclusive, or any if it is exclusive itself.
 * Undefined means that it is its turn.
 */
export function blockerOf(line: readonly Contender[], index: number): Contender | undefined {
  const isAlone = line[index]?.kind === 'exclusive'
  return line.slice(0, index).findLast(({ kind }) => isAlone || kind === 'exclusive')
}

/** The data of a contender: its member id, and behind a line break why it was asked to let go. */
export interface ContenderData {
  readonly memberId: string
  readonly request?: string | undefined
}

/** In ASCII alone, as tooz has it; `memberId` comes back as a key would. */
export function encodeContender({ memberId, request }: ContenderData): Uint8Array {
  const id = encodeKey(memberId)
  return Buffer.from(request === undefined ? id : `${id}\n${encodeURIComponent(Buffer.from(request).toString())}`, 'latin1')
}

/** Another program may have written anything. */
export function decodeContender(data: Uint8Array): ContenderData {
  const [id = '', request] = Buffer.from(data).toString('latin1').split('\n', 2)
  return { memberId: decodeKey(id), request: request === undefined ? undefined : decodeText(request) }
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
