import { readFile, writeFile } from 'node:fs/promises'

import { installPackages } from '../install-packages.js'
import { withoutServices } from '../without-services.js'

const clusters = '/etc/postgresql-common/createcluster.conf'

/**
 * Installs Debian's package `postgresql` without a question, and so that it makes no cluster and starts no server. What is written for that
 * is taken back afterwards. Rejects with the reason when it is not possible or not wanted.
 */
export async function installOnDebian(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const why = 'Tests need a PostgreSQL'
  await installPackages(['postgresql-common'], why, env, log)
  const before = await readFile(clusters, 'utf8')
  await writeFile(clusters, `${before}\ncreate_main_cluster = false\n`) // what it says last counts
  try {
    await withoutServices(() => installPackages(['postgresql'], why, env, log))
  } finally {
    await writeFile(clusters, before)
  }
}
