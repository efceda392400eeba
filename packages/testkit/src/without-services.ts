import { rm, writeFile } from 'node:fs/promises'

const policy = '/usr/sbin/policy-rc.d'

/** Installs packages of Debian that would start a service, so that they start none: Debian asks the policy before it does, and 101 is no. */
export async function withoutServices(install: () => Promise<void>): Promise<void> {
  const isOurs = await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    () => false, // there is one already, as in containers; or this is not root, which the installation will say
  )
  try {
    await install()
  } finally {
    if (isOurs) await rm(policy)
  }
}
