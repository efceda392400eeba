import { lookAtDocker } from '../docker/engine.js'
import { describeTried, findFirst } from '../find-first.js'
import type { Attempt, Located, Log, Places } from '../find-first.js'
import { installOnDebian } from './install.js'
import { lookInDebian, lookInHome } from './places.js'
import type { Provider } from './provider.js'

const places: Places<Provider> = [
  ['ZOOKEEPER_HOME', lookInHome],
  ['Docker', (_, log) => lookAtDocker('zookeeper:3.9', log)],
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
export const locateZooKeeper = (log: Log, env: NodeJS.ProcessEnv = process.env): Promise<Located<Provider>> => findFirst(places, log, env)

/** What people are told when there is none: what was tried, and what to install. */
export const describeMissing = (tried: readonly Attempt[]): string =>
  describeTried('ZooKeeper', tried, [
    'on Debian or Ubuntu: sudo apt-get install zookeeper default-jre-headless',
    'Java 8 or newer and a release of https://zookeeper.apache.org/releases.html, with ZOOKEEPER_HOME set to its folder',
  ])
