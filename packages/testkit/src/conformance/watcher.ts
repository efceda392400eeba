import assert from 'node:assert/strict'

import type { Batch, Change, Entry } from '@muster/coordination/internal'

import { within } from '../within.js'

const patienceMs = 10_000

/**
 * Follows a watch by keeping the collection as its batches tell it, and fails at the first that breaks the rules of
 * the contract. It reads only when asked to: between two calls it is a slow consumer.
 */
export class Watcher {
  readonly entries = new Map<string, Entry>()
  readonly batches: Batch[] = []
  readonly #iterator: AsyncIterator<Batch>

  constructor(batches: AsyncIterable<Batch>) {
    this.#iterator = batches[Symbol.asyncIterator]()
  }

  /** Every change told so far. */
  get changes(): Change[] {
    return this.batches.flatMap(({ changes }) => changes)
  }

  get keys(): string[] {
    return [...this.entries.keys()].sort()
  }

  /** The batch told last. */
  get last(): Batch | undefined {
    return this.batches.at(-1)
  }

  /** Takes one more batch; undefined when the watch has ended. */
  async next(): Promise<Batch | undefined> {
    const result = await within(this.#iterator.next(), patienceMs, 'the next batch of a watch')
    if (result.done === true) return undefined
    this.#apply(result.value)
    return result.value
  }

  /** Takes batches until the watch is synced and `condition` holds. */
  async until(condition: (watcher: Watcher) => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!(this.last?.synced === true && condition(this))) {
      assert.ok(performance.now() < deadline, `the watch never told what was waited for; it knows ${JSON.stringify(this.keys)}`)
      assert.ok(await this.next(), 'the watch has ended')
    }
  }

  /** Takes batches until everything up to the snapshot that it begins with is told. */
  async synced(): Promise<void> {
    await this.until(() => true)
  }

  #apply(batch: Batch): void {
    const isFirst = this.batches.length === 0
    const before = this.last
    this.batches.push(batch)
    if (isFirst) assert.ok(batch.reset, 'the first batch is a snapshot')
    if (batch.synced) {
      assert.match(batch.revision ?? '', /^\d{20}$/, 'a synced batch has a revision')
      if (before?.revision !== undefined) assert.ok((batch.revision ?? '') >= before.revision, 'revisions do not go back')
    }
    const known = new Map(this.entries)
    if (batch.reset) this.entries.clear()
    for (const change of batch.changes) this.#applyChange(change, known)
  }

  /** `known` is what the consumer has been told, by which every `before` is judged. */
  #applyChange(change: Change, known: Map<string, Entry>): void {
    const { key } = change.type === 'put' ? change.entry : change.before
    const expected = known.get(key)
    assert.deepEqual(change.before?.version, expected?.version, `${change.type} of ${key}: its before is what was told last`)
    assert.deepEqual(change.before?.created, expected?.created, `${change.type} of ${key}: its before is that incarnation`)
    if (change.type === 'delete') {
      known.delete(key)
      this.entries.delete(key)
      return
    }
    if (expected) assert.equal(change.entry.created, expected.created, `${key} was re-created: that is a delete and a put`)
    known.set(key, change.entry)
    this.entries.set(key, change.entry)
  }
}
