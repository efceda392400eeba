import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { ChangeLog } from './change-log.js'
import { ChangeTail } from './change-tail.js'
import type { Change } from './change.js'
import { follow, readOn } from './follow.js'
import { gapChange, toChange, toRow } from './rows.js'

let folder: string
let log: ChangeLog
let tail: ChangeTail

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'))
  log = await ChangeLog.open(`sqlite:${join(folder, 'history.db')}`)
  await log.history.write((tables) => tables.insertInto('log').values({ only: 1, id: 'log', store: 'store', observer: '', first_seq: 1, next_seq: 1 }).execute())
  await write(1, 3)
  tail = new ChangeTail(log)
  await untilAt(3)
})

afterEach(async () => {
  await tail.close()
  await log.close()
  rmSync(folder, { recursive: true })
})

const change = (seq: number, { kind = 'service.updated', host = 'h1' }: Partial<Change> = {}): Change => toChange(toRow(seq, { ...gapChange({ from: 1, to: 1, count: 1 }, seq), kind, host, gap: null }))

/** As an observer of another process does. */
async function write(from: number, to: number): Promise<void> {
  await log.history.write(async (tables) => {
    for (let seq = from; seq <= to; seq += 1) await tables.insertInto('changes').values(toRow(seq, change(seq))).execute()
    await tables.updateTable('log').set({ next_seq: to + 1 }).execute()
  })
}

async function untilAt(seq: number): Promise<void> {
  while ((tail.lastSeq ?? 0) < seq) {
    await new Promise<void>((resolve) => {
      const stop = tail.onAdded(() => {
        stop()
        resolve()
      })
      if ((tail.lastSeq ?? 0) < seq) setImmediate(resolve) // its first look adds nothing
    })
  }
}

const seqsAfter = (seq: number): number[] | undefined => tail.after(seq)?.map((one) => one.seq)

test('what an observer here announces is there at once, and is not looked for in the log', () => {
  let told = 0
  tail.onAdded(() => (told += 1))
  log.announce([change(4), change(5)]) // which the log does not have
  expect(seqsAfter(3)).toEqual([4, 5])
  expect(told).toBe(1)
})

test('what is announced while the same is read is there once', async () => {
  const written = write(4, 6) // told to the tail, which begins to read
  await written
  log.announce([change(4), change(5)])
  await untilAt(6)
  expect(seqsAfter(3)).toEqual([4, 5, 6])
})

test('what is announced after something that is not known is read from the log, and all of it is there', async () => {
  await log.history.write(
    async (tables) => {
      for (const seq of [4, 5]) await tables.insertInto('changes').values(toRow(seq, change(seq))).execute()
      await tables.updateTable('log').set({ next_seq: 6 }).execute()
    },
    { tell: 'nobody' },
  )
  log.announce([change(5)])
  await untilAt(5)
  expect(seqsAfter(3)).toEqual([4, 5])
})

test('who reads on with a filter goes past all that it does not show, and no further than its page', async () => {
  log.announce([change(4), change(5, { host: 'h2' }), change(6), change(7, { host: 'h2' }), change(8)])
  const read = async (after: number): Promise<object> => {
    const { changes, ...rest } = await readOn({ log, tail }, { after, filter: { host: 'h2' }, limit: 1, signal: new AbortController().signal })
    return { ...rest, found: changes.map(({ seq }) => seq) }
  }
  expect(await read(3)).toEqual({ found: [5], next: 5, isLast: false })
  expect(await read(5)).toEqual({ found: [7], next: 7, isLast: false })
  expect(await read(7)).toEqual({ found: [], next: 8, isLast: true })
})

test('what is further back than the memory reaches is read from the log', async () => {
  const { changes } = await readOn({ log, tail }, { after: 0, filter: {}, limit: 2, signal: new AbortController().signal })
  expect(tail.after(0)).toBeUndefined()
  expect(changes.map(({ seq }) => seq)).toEqual([1, 2])
})

test('who follows what does not come is given signs of life, however much comes that its filter does not show', async () => {
  const over = new AbortController()
  let last = 3
  const others = setInterval(() => log.announce([change((last += 1))]), 1)
  try {
    const parts = follow({ log, tail }, { filter: { host: 'h2' }, everyMs: 20, signal: over.signal })
    for (let sign = 0; sign < 3; sign += 1) expect(await parts.next()).toEqual({ done: false, value: { changes: [] } })
    over.abort()
    expect(await parts.next()).toEqual({ done: true })
  } finally {
    clearInterval(others)
  }
})
