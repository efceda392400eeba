import { setTimeout as delay } from 'node:timers/promises'

import { inspectStore, parseBackendUrl, parseSqlOptions } from '@muster/coordination/internal'

import { embeddedBackend } from '../conformance/embedded-backend.js'
import { plans } from './plan.js'
import type { Stage, Theatre } from './stage.js'

const timeoutMs = embeddedBackend.shortTimeoutMs

/** Embedded stores, each in a folder of its own. A sweeper that is stopped is replaced after a second. */
export const embeddedTheatre: Theatre = {
  name: 'embedded',
  bounds: { goneWithin: timeoutMs + 1500, seenWithin: timeoutMs, exitWithin: 5000 },
  plans: plans({ killed: 4, stopped: 7, 'store locked': 2 }, 3 * timeoutMs),
  stage: async (): Promise<Stage> => {
    const store = await embeddedBackend.store()
    const url = store.url({ timeoutMs })
    const { file } = parseSqlOptions(parseBackendUrl(url, ['embedded']))
    let isLocked = false
    return {
      url: () => url,
      directUrl: url,
      inflict: async ({ ms }) => {
        if (isLocked) return false
        isLocked = true
        const outage = await store.obstruct()
        await delay(ms)
        await outage[Symbol.asyncDispose]()
        isLocked = false
        return true
      },
      settled: () => Promise.resolve(),
      remains: async () => {
        const sessions = (await inspectStore(file, { timeoutMs: 5000 }))?.sessions ?? 0
        return sessions === 0 ? [] : [`${sessions} sessions`]
      },
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    }
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
}
