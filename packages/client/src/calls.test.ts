import { describe, expect, test } from '@jest/globals'

import { Calls } from './calls.js'

/** A task that ends only when its signal does. */
const forever = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('ended from outside')))
  })

describe('a call', () => {
  test('resolves as its task does', async () => {
    expect(await new Calls().run(() => Promise.resolve(7), {})).toBe(7)
    await expect(new Calls().run(() => Promise.reject(new Error('mine')), {})).rejects.toThrow('mine')
  })

  test('ends at its deadline with the deadline\'s error', async () => {
    await expect(new Calls().run(forever, { deadline: { ms: 5, error: () => new Error('too late') } })).rejects.toThrow('too late')
  })

  test('ends with its caller\'s reason, and is not begun when the caller has given up', async () => {
    const controller = new AbortController()
    const reason = new Error('not needed')
    const running = new Calls().run(forever, { signal: controller.signal })
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    let begun = false
    const late = new Calls().run(() => Promise.resolve((begun = true)), { signal: controller.signal })
    await expect(late).rejects.toBe(reason)
    expect(begun).toBe(false)
  })

  test('ends with Closed when all are closed, and so does any later one', async () => {
    const calls = new Calls()
    const running = calls.run(forever, {})
    const pausing = calls.pause(60_000, {})
    const closed = calls.close()
    await expect(running).rejects.toMatchObject({ code: 'closed' })
    await expect(pausing).rejects.toMatchObject({ code: 'closed' })
    await closed
    await expect(calls.run(() => Promise.resolve(7), {})).rejects.toMatchObject({ code: 'closed' })
    await calls.close()
  })
})
