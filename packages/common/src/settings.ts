import { homedir, hostname } from 'node:os'
import { basename, extname, isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

const given = (value: string | undefined): string | undefined => (value === undefined || value === '' ? undefined : value)

/** Where the embedded store is when nobody says otherwise: `$XDG_STATE_HOME/muster`, else `~/.local/state/muster`. */
export function defaultDataFolder(env: Environment = process.env): string {
  const state = given(env.XDG_STATE_HOME)
  return join(state !== undefined && isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'muster')
}

/** The backend of a worker: `SVC_BACKEND`, else the embedded store at its default place. */
export function backendUrl(env: Environment = process.env): string {
  return given(env.SVC_BACKEND) ?? 'embedded:'
}

/** The name of this host as operators know it: `SVC_HOSTNAME`, else `HOST_HOSTNAME` (for containers), else the system's. */
export function workerHostname(env: Environment = process.env): string {
  return given(env.SVC_HOSTNAME) ?? given(env.HOST_HOSTNAME) ?? hostname()
}

/** The group a worker joins: `SVC_GROUP`, else `default`. */
export function workerGroup(env: Environment = process.env): string {
  return given(env.SVC_GROUP) ?? 'default'
}

/** The name of a worker: `SVC_NAME`, else the script's name without its extension, else `node`. */
export function workerName(env: Environment = process.env, script = process.argv[1]): string {
  return given(env.SVC_NAME) ?? (script === undefined ? 'node' : basename(script, extname(script)))
}
