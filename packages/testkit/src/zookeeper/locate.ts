import { messageOf } from '@muster/common'

import { lookAtDocker } from './docker-engine.js'
import { installOnDebian } from './install.js'
import { lookInDebian, lookInHome } from './places.js'
import type { Attempt, Provider } from './provider.js'

export interface Located {
  readonly provider?: Provider
  /** The places before it, or all of them, with the reason why each did not serve. */
  readonly tried: readonly Attempt[]
}

type Log = (line: string) => void

/** In this order. */
const places: readonly (readonly [place: string, look: (env: NodeJS.ProcessEnv, log: Log) => Promise<Provider>])[] = [
  ['ZOOKEEPER_HOME', lookInHome],
  ['Docker', (_, log) => lookAtDocker(log)],
  ["Debian's package zookeeper", lookInDebian],
  [
    "installing Debian's package",
    async (env, log) => {
      await installOnDebian(env, log)
      return await lookInDebian(env)
    },
  ],
]

/** Finds what ZooKeeper servers can be started with. `log` gets a line for whatever takes long. */
export async function locateZooKeeper(log: Log, env: NodeJS.ProcessEnv = process.env): Promise<Located> {
  const tried: Attempt[] = []
  for (const [place, look] of places) {
    try {
      return { provider: await look(env, log), tried }
    } catch (error) {
      tried.push({ place, reason: messageOf(error) })
    }
  }
  return { tried }
}

/** What people are told when there is none: what was tried, and what to install. */
export function describeMissing(tried: readonly Attempt[]): string {
  const width = Math.max(...tried.map(({ place }) => place.length))
  return [
    'No ZooKeeper to run the tests with. Tried:',
    ...tried.map(({ place, reason }) => `  ${place.padEnd(width)}  ${reason}`),
    'Install one of these and run the tests again:',
    '  Docker, https://docs.docker.com/engine/install; the image is pulled by itself',
    '  on Debian or Ubuntu: sudo apt-get install zookeeper default-jre-headless',
    '  Java 8 or newer and a release of https://zookeeper.apache.org/releases.html, with ZOOKEEPER_HOME set to its folder',
  ].join('\n')
}
