import { readFileSync } from 'node:fs'

import { expect, test } from '@jest/globals'
import { eventually, freePort } from '@muster/testkit'
import type { NodeProcess } from '@muster/testkit'

import { Store } from './svc.js'

/** The words of a command line of the README: it has no quotes but single ones. */
const wordsOf = (line: string): string[] => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''))

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const lines = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.trim().split('\n'))

test('every command of the README works, in its order', async () => {
  await using store = await Store.create()
  const port = String(await freePort())
  const running: NodeProcess[] = []
  try {
    for (const line of lines) {
      const [npx, no, svc, name, ...words] = wordsOf(line.replaceAll('8999', port))
      expect([npx, no, svc]).toEqual(['npx', '--no', 'svc'])
      if (name === 'run' || name === 'serve') {
        const process = store.start([name, ...words], { SVC_PORT: port })
        running.push(process)
        if (name === 'serve') await process.line(/^listening on /)
        else await eventually(async () => expect(await store.list()).toHaveLength(1))
        continue
      }
      expect(await store.svc([name ?? '', ...words])).toMatchObject({ code: 0, stderr: '' })
    }
  } finally {
    for (const process of running) await process[Symbol.asyncDispose]()
  }
  expect(lines.length).toBeGreaterThan(5)
})
