import { Readable } from 'node:stream'

import { expect, test } from '@jest/globals'

import { linesOf } from './lines.js'

async function lines(...chunks: (string | Buffer)[]): Promise<string[]> {
  const all: string[] = []
  for await (const some of linesOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))) all.push(...some)
  return all
}

test('lines are whole however they come, and together they are what came', async () => {
  const text = 'ok a\nünd\r\n\n\nfail b € no\nlast'
  const bytes = Buffer.from(text)
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
    expect(await lines(...chunks)).toEqual(['ok a\n', 'ünd\r\n', '\n', '\n', 'fail b € no\n', 'last'])
  }
  expect(await lines()).toEqual([])
  expect(await lines('a\n')).toEqual(['a\n'])
})

test('a line without an end comes in pieces of some megabytes', async () => {
  const pieces = await lines(...Array.from({ length: 40 }, () => 'x'.repeat(100_000)))
  expect(pieces.join('')).toHaveLength(4_000_000)
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1_300_000)
})
