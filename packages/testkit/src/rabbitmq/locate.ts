import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'

import { lookAtDocker } from '../docker/engine.js'
import { describeTried, findFirst, providerOf } from '../find-first.js'
import type { Attempt, Located, Log, Places } from '../find-first.js'
import { installPackages } from '../install-packages.js'
import { withoutServices } from '../without-services.js'
import type { ProgramsProvider, Provider } from './provider.js'

const debian = { folder: '/usr/lib/rabbitmq/bin', releases: '/usr/lib/rabbitmq/lib', epmd: '/usr/bin/epmd' }

const places: Places<Provider> = [
  ['Docker', (_, log) => lookAtDocker('rabbitmq:4', log)],
  ["Debian's package rabbitmq-server", lookInDebian],
  [
    "installing Debian's package",
    async (env, log) => {
      await withoutServices(() => installPackages(['rabbitmq-server'], 'Tests need a RabbitMQ', env, log))
      return await lookInDebian()
    },
  ],
]

/** Debian's package. Rejects with the reason when it is not there. */
async function lookInDebian(): Promise<ProgramsProvider> {
  const { folder, releases, epmd } = debian
  const missing = [`${folder}/rabbitmq-server`, `${folder}/rabbitmqctl`, epmd].find((file) => !existsSync(file))
  if (missing !== undefined) throw new Error(`there is no ${missing}`)
  const [release = 'rabbitmq_server'] = await readdir(releases).catch(() => [])
  return { kind: 'programs', source: `Debian's ${release.replace('_server-', ' ')}`, folder, epmd }
}

/** Finds what brokers can be started with. `log` gets a line for whatever takes long. */
export const locateRabbitMq = (log: Log, env: NodeJS.ProcessEnv = process.env): Promise<Located<Provider>> => findFirst(places, log, env)

/** What people are told when there is none: what was tried, and what to install. */
export const describeMissing = (tried: readonly Attempt[]): string => describeTried('RabbitMQ', tried, ['on Debian or Ubuntu: sudo apt-get install rabbitmq-server'])

export const findProvider = providerOf('SVC_TEST_RABBITMQ', locateRabbitMq, describeMissing)
