import { describe, expect, test } from '@jest/globals'

import { startZooKeeper } from '../zookeeper/server.js'
import { blocks, needsZooKeeper, run } from './blocks.js'

describe('every command in a README that needs ZooKeeper', () => {
  const examples = blocks.filter(({ tag }) => tag === 'sh' || tag === 'js').filter(needsZooKeeper)

  test('is found: the READMEs hold such commands', () => {
    expect(examples.length).toBeGreaterThan(1)
  })

  test.concurrent.each(examples)('$name runs against a server', async (block) => {
    await using server = await startZooKeeper()
    await run(block, server.endpoint)
  }, 60_000)
})
