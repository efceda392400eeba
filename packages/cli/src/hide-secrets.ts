import { settings } from '@muster/common'

import type { Io } from './io.js'
import { say } from './io.js'
import { hasSecret } from './without-secrets.js'

/** Where a password may stand instead. */
const elsewhere = {
  backend: `put it into ${settings.backend.variable} or in a file that ?password_file= names`,
  rabbitmq: `put it into ${settings.rabbitmq.variable}, or the password alone into SVC_RABBITMQ_PASSWORD`,
  database: `put it into ${settings.database.variable}, or into PGPASSWORD`,
} as const

/** Where options hold a password: takes the words of this process out of the process list, and says where else it may stand. */
export function hideSecrets(args: Readonly<Record<string, unknown>>, io: Io): void {
  const has = (option: string): boolean => typeof args[option] === 'string' && hasSecret(args[option])
  if (['backend', 'database', 'rabbitmq', 'endpoint'].some(has)) io.hideWords()
  for (const [option, advice] of Object.entries(elsewhere)) { // an endpoint with a password is refused
    if (has(option)) say(io, `--${option} has a password, which every user of this host could read in the list of processes: ${advice}`)
  }
}
