import { dirname } from 'node:path'

import { expect, test } from '@jest/globals'

import { findProvider } from './find-provider.js'
import { locateZooKeeper } from './locate.js'
import { toPlan } from './options.js'
import { startServer } from './server.js'

const found = await findProvider()
// In a container the jars are not on this machine.
const onJava = found.kind === 'java' ? test : test.skip

onJava('a folder with the jars, named by ZOOKEEPER_HOME, is taken before all else and serves', async () => {
  const jar = found.kind === 'java' ? found.classpath.find((path) => /zookeeper[-.\d]*\.jar$/.test(path)) : undefined
  const home = dirname(jar ?? '')
  const { provider, tried } = await locateZooKeeper(() => undefined, { ...process.env, ZOOKEEPER_HOME: home })
  expect([provider?.source, tried]).toEqual([`ZOOKEEPER_HOME (${home})`, []])
  if (provider === undefined) return
  await using server = await startServer(provider, toPlan({}))
  expect(await server.command('ruok')).toBe('imok')
}, 60_000)
