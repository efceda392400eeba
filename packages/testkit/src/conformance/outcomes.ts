import assert from 'node:assert/strict'

import type { ErrorCode } from '@muster/common'
import type { Entry, RejectedReason, Session } from '@muster/coordination/internal'

/** Resolves to what `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: unknown; reason?: unknown; index?: unknown }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome)) assert.fail(`it should have failed but gave ${JSON.stringify(outcome.value)}`)
  return outcome.error as Error
}

/** Resolves when `promise` rejects with a MusterError of that code. */
export async function failsWith(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await failureOf(promise)
  assert.equal(error.code, code, `failed with ${error.name}: ${error.message}`)
}

/** Resolves when the backend rejects a commit because of its op `index`. */
export async function isRejected(commit: Promise<unknown>, index: number, reason: RejectedReason): Promise<void> {
  const error = await failureOf(commit)
  assert.deepEqual({ name: error.name, index: error.index, reason: error.reason }, { name: 'Rejected', index, reason }, error.message)
}

/** Reads, consistently, an entry that must be there. */
export async function mustRead(session: Session, collection: string, key: string): Promise<Entry> {
  const entry = await session.read({ collection, key }, { consistent: true })
  assert.ok(entry, `${collection}/${key} is not there`)
  return entry
}
