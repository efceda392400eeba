import { settings } from '@muster/common'

import type { Io } from './io.js'
import { say } from './io.js'
import { hasSecret } from './without-secrets.js'

/** Where options hold a password: takes the words of this process out of the process list, and says where else it may stand. */
export function hideSecrets({ backend, endpoint }: Readonly<Record<string, unknown>>, io: Io): void {
  const [backendHas, endpointHas] = [backend, endpoint].map((value) => typeof value === 'string' && hasSecret(value))
  if (backendHas || endpointHas) io.hideWords()
  if (!backendHas) return // an endpoint with a password is refused
  say(io, `--backend has a password, which every user of this host could read in the list of processes: put it into ${settings.backend.variable} or in a file that ?password_file= names`)
}
