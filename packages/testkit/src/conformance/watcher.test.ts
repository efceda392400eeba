import { describe, expect, test } from '@jest/globals'
import type { Batch, Change, Entry } from '@muster/coordination/internal'

import { Watcher } from './watcher.js'

const revision = (number: number): string => String(number).padStart(20, '0')

function entry(key: string, created: number, modified = created): Entry {
  const version = `${created}:${modified}`
  return { collection: 'services', key, data: new Uint8Array(), version, created: revision(created), modified: revision(modified), order: '', createdAt: 0, modifiedAt: 0 }
}

const batch = (at: number, changes: Change[], reset = false): Batch => ({ reset, synced: true, revision: revision(at), changes })
const first = batch(1, [{ type: 'put', entry: entry('a', 1) }], true)

// eslint-disable-next-line @typescript-eslint/require-await
async function* playing(...batches: Batch[]): AsyncGenerator<Batch, void> {
  yield* batches
}

async function watch(...batches: Batch[]): Promise<string[]> {
  const watcher = new Watcher(playing(...batches))
  while (await watcher.next());
  return watcher.keys
}

describe('the watcher of the suite', () => {
  test('takes puts, deletes, re-created keys and resets that follow the rules', async () => {
    const changed = batch(2, [{ type: 'put', entry: entry('a', 1, 2), before: entry('a', 1) }, { type: 'put', entry: entry('b', 2) }])
    const recreated = batch(4, [{ type: 'delete', before: entry('a', 1, 2) }, { type: 'put', entry: entry('a', 4) }])
    expect(await watch(first, changed, recreated)).toEqual(['a', 'b'])
    expect(await watch(first, changed, batch(5, [{ type: 'put', entry: entry('b', 2, 5), before: entry('b', 2) }], true))).toEqual(['b'])
  })

  const broken: [string, Batch[]][] = [
    ['a first batch that is no snapshot', [batch(1, [])]],
    ['a put without its before', [first, batch(2, [{ type: 'put', entry: entry('a', 1, 2) }])]],
    ['a put with an older before', [first, batch(2, [{ type: 'put', entry: entry('a', 1, 2), before: entry('a', 1, 0) }])]],
    ['a before of a key that was never told', [first, batch(2, [{ type: 'put', entry: entry('b', 1, 2), before: entry('b', 1) }])]],
    ['a re-created key told as a mere put', [first, batch(3, [{ type: 'put', entry: entry('a', 3), before: entry('a', 1) }])]],
    ['a delete of what was not there', [first, batch(2, [{ type: 'delete', before: entry('b', 1) }])]],
    ['a revision that goes back', [batch(5, [], true), batch(4, [])]],
    ['a synced batch without a revision', [{ reset: true, synced: true, changes: [] }]],
  ]
  for (const [what, batches] of broken) {
    test(`refuses ${what}`, async () => {
      await expect(watch(...batches)).rejects.toMatchObject({ name: 'AssertionError' })
    })
  }
})
