import { readFile, rm, writeFile } from 'node:fs/promises'

import { installPackages } from '../install-packages.js'

const policy = '/usr/sbin/policy-rc.d'
const clusters = '/etc/postgresql-common/createcluster.conf'

/**
 * Installs Debian's package `postgresql` without a question, and so that it makes no cluster and starts no server. What is written for that
 * is taken back afterwards. Rejects with the reason when it is not possible or not wanted.
 */
export async function installOnDebian(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const why = 'Tests need a PostgreSQL'
  await installPackages(['postgresql-common'], why, env, log)
  const before = await readFile(clusters, 'utf8')
  // What it says last counts. Debian asks the policy before it starts any service: 101 is no.
  await writeFile(clusters, `${before}\ncreate_main_cluster = false\n`)
  const isOurs = await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    () => false, // there is one already, as in containers
  )
  try {
    await installPackages(['postgresql'], why, env, log)
  } finally {
    await writeFile(clusters, before)
    if (isOurs) await rm(policy)
  }
}
