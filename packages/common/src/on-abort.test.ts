import { once } from 'node:events'

import { expect, test } from '@jest/globals'

import { onAbort } from './on-abort.js'

test('each listener is called once when the signal aborts, but not one that was stopped before', () => {
  const controller = new AbortController()
  const called: string[] = []
  onAbort(controller.signal, () => called.push('a'))
  const stop = onAbort(controller.signal, () => called.push('b'))
  stop()
  controller.abort()
  controller.abort()
  expect(called).toEqual(['a'])
})

test('a signal that a hundred calls share is no reason for a warning', async () => {
  const { signal } = new AbortController()
  const warned = once(process, 'warning', { signal: AbortSignal.timeout(50) })
  for (let count = 0; count < 100; count += 1) onAbort(signal, () => {})
  await expect(warned).rejects.toMatchObject({ name: 'AbortError' })
})
