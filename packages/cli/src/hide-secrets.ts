import { settings } from '@muster/common'

import type { Io } from './io.js'
import { say } from './io.js'
import { hasSecret } from './without-secrets.js'

/** Of options that hold a password: says where else it may stand, and takes the words of this process out of the process list. */
export function hideSecrets(args: Readonly<Record<string, unknown>>, io: Io): void {
  for (const name of ['backend', 'endpoint'] as const) {
    const value = args[name]
    if (typeof value !== 'string' || !hasSecret(value)) continue
    io.hideWords()
    const elsewhere = name === 'backend' ? ' or in a file that ?password_file= names' : ''
    say(io, `--${name} has a password, which every user of this host could read in the list of processes: put it into ${settings[name].variable}${elsewhere}`)
  }
}
