import { lookAtDocker } from '../docker/engine.js'
import { describeTried, findFirst, providerOf } from '../find-first.js'
import type { Attempt, Located, Log, Places } from '../find-first.js'
import { installOnDebian } from './install.js'
import { lookInDebian } from './places.js'
import type { Provider } from './provider.js'

const places: Places<Provider> = [
  ['Docker', (_, log) => lookAtDocker('postgres:17', log)],
  ["Debian's package postgresql", lookInDebian],
  [
    "installing Debian's package",
    async (env, log) => {
      await installOnDebian(env, log)
      return await lookInDebian()
    },
  ],
]

/** Finds what PostgreSQL servers can be started with. `log` gets a line for whatever takes long. */
export const locatePostgresql = (log: Log, env: NodeJS.ProcessEnv = process.env): Promise<Located<Provider>> => findFirst(places, log, env)

/** What people are told when there is none: what was tried, and what to install. */
export const describeMissing = (tried: readonly Attempt[]): string => describeTried('PostgreSQL', tried, ['on Debian or Ubuntu: sudo apt-get install postgresql'])

export const findProvider = providerOf('SVC_TEST_POSTGRESQL', locatePostgresql, describeMissing)
