import { Rejected } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import { decodeObject, encodeObject } from './service-record.js'

const at = { collection: 'meta', key: 'log' }

/** The identity of the log in which the history of this store is kept; undefined when nobody keeps one. */
export async function readLogId(session: Session, signal?: AbortSignal): Promise<string | undefined> {
  const entry = await session.read(at, { signal })
  const id = entry && decodeObject(entry.data)?.id
  return typeof id === 'string' ? id : undefined
}

/** Makes this log the one of the store, if there is none. Resolves with the identity of the one it has. */
export async function claimLog(session: Session, id: string, signal?: AbortSignal): Promise<string> {
  const found = await readLogId(session, signal)
  if (found !== undefined) return found
  try {
    await session.commit([{ op: 'create', at, data: encodeObject({ id }) }], { signal, witness: { at, done: (entry) => entry !== undefined } })
  } catch (error) {
    if (!(error instanceof Rejected)) throw error // another was first
  }
  return (await readLogId(session, signal)) ?? id
}
