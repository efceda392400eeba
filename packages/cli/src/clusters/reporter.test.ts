import { expect, test } from '@jest/globals'
import { BackendUnreachable, Conflict } from '@muster/common'
import type { Report } from '@muster/provisioning'

import { Reporter } from './reporter.js'

function scene(store: (report: Report) => Promise<unknown>, retryForMs = 60_000) {
  const said: string[] = []
  const over = new AbortController()
  return { said, over, reporter: new Reporter({ store, retryForMs, signal: over.signal, say: (sentence) => said.push(sentence) }) }
}
const ok = (instance: string) => ({ instance, reason: undefined })

test('the last word of an instance is stored last, also when the one before had to be tried again', async () => {
  const stored: string[] = []
  let attempts = 0
  const { said, reporter } = scene((report) => {
    attempts += 1
    if (attempts <= 2) return Promise.reject(new BackendUnreachable('there', 'cut'))
    stored.push(`${report.instance} ${report.successful}`)
    return Promise.resolve()
  })
  reporter.report({ instance: 'a', reason: 'broken' })
  reporter.report(ok('a'))
  expect(await reporter.settle()).toBeUndefined()
  expect(stored).toEqual(['a false', 'a true'])
  expect(reporter.failed).toBe(0)
  expect(said).toEqual([expect.stringMatching(/^a failed: broken, error id /), expect.stringMatching(/^cannot report, trying again: /), 'reporting again'])
})

test('no more than 500 are on their way: who has more waits', async () => {
  const waiting: (() => void)[] = []
  const { reporter } = scene(() => new Promise<void>((resolve) => waiting.push(resolve)))
  let taken = 0
  const all = (async () => {
    for (let n = 0; n < 1000; n += 1) {
      await reporter.room()
      reporter.report(ok(`i${n}`))
      taken += 1
    }
  })()
  await new Promise((resolve) => setImmediate(resolve))
  expect([taken, waiting.length]).toEqual([500, 500])
  const free = setInterval(() => waiting.splice(0).forEach((resolve) => resolve()), 1)
  await all
  await reporter.settle()
  clearInterval(free)
  expect(taken).toBe(1000)
})

test('what is refused is said and not tried again; only the first ten are said one by one', async () => {
  let attempts = 0
  const { said, reporter } = scene(() => {
    attempts += 1
    return Promise.reject(new Conflict('2 instances have reported'))
  })
  for (let n = 0; n < 15; n += 1) reporter.report(ok(`i${n}`))
  expect(await reporter.settle()).toBe('i0, i1, i10, i11, i12, i13, i14, i2, i3, i4 and 5 more')
  expect(attempts).toBe(15)
  expect(said).toHaveLength(10)
  expect(said[0]).toBe('i0 is not reported: 2 instances have reported')
})

test('after an outage that was too long each is tried once, until one is stored again', async () => {
  let isDown = true
  const { reporter, said } = scene(() => (isDown ? Promise.reject(new BackendUnreachable('there', 'cut')) : Promise.resolve()), 0)
  reporter.report(ok('a'))
  expect(await reporter.settle()).toBe('a')
  isDown = false
  reporter.report(ok('b'))
  expect(await reporter.settle()).toBe('a')
  reporter.report(ok('a'))
  expect(await reporter.settle()).toBeUndefined()
  expect(said.at(-1)).toBe('reporting again')
})

test('a signal ends what is tried again', async () => {
  const { reporter, over } = scene(() => Promise.reject(new BackendUnreachable('there', 'cut')))
  reporter.report(ok('a'))
  over.abort()
  expect(await reporter.settle()).toBe('a')
})
