import { fileURLToPath } from 'node:url'

import { expect } from '@jest/globals'

import type { Situation } from '../conformance/scene.js'
import { spawnNode } from '../spawn-node.js'
import type { Leftovers } from './coordinators-process.js'

export function lifecycle(situation: Situation): void {
  situation('of a thousand coordinators that were opened, used and closed nothing is left: no memory, socket, timer or watch', async (scene) => {
    const child = scene.own(spawnNode(fileURLToPath(new URL('coordinators-process.js', import.meta.url)), [scene.store.url({ timeoutMs: 20_000 }), '1000']))
    const [report] = await child.line(/^\{.*\}$/, { timeoutMs: 55_000 })
    const { heapBytesEach, resources } = JSON.parse(report) as Leftovers
    expect(heapBytesEach).toBeLessThan(2048)
    expect(resources).toEqual([])
    expect(await child.exited).toEqual({ code: 0, signal: null }) // nothing keeps it
  })
}
