import { homedir } from 'node:os'
import { basename, extname, isAbsolute, join } from 'node:path'

import { settings } from './setting-table.js'

type Environment = Readonly<Record<string, string | undefined>>

const given = (value: string | undefined): string | undefined => (value === undefined || value === '' ? undefined : value)

const absolute = (value: string | undefined): string | undefined => (value !== undefined && isAbsolute(value) ? value : undefined)

/** Where the embedded store is when nobody says otherwise: `$XDG_STATE_HOME/muster`, else `~/.local/state/muster`. */
export function defaultDataFolder(env: Environment = process.env): string {
  return join(absolute(env.XDG_STATE_HOME) ?? join(homedir(), '.local', 'state'), 'muster')
}

/** Where svc.yaml may be when nobody says otherwise, the first that is there counts: the user's own, then the host's. */
export function defaultConfigFiles(env: Environment = process.env): readonly string[] {
  const home = absolute(env.HOME)
  const own = absolute(env.XDG_CONFIG_HOME) ?? (home === undefined ? undefined : join(home, '.config'))
  return [...(own === undefined ? [] : [join(own, 'muster', 'svc.yaml')]), '/etc/muster/svc.yaml']
}

/** The file that the environment names: `SVC_CONFIG`. */
export function namedConfigFile(env: Environment = process.env): string | undefined {
  return given(env.SVC_CONFIG)
}

/** The backend of a worker: `SVC_BACKEND`, else the embedded store at its default place. */
export function backendUrl(env: Environment = process.env): string {
  return given(env.SVC_BACKEND) ?? settings.backend.default
}

/** The name of this host as operators know it: `SVC_HOSTNAME`, else `HOST_HOSTNAME` (for containers), else the system's. */
export function workerHostname(env: Environment = process.env): string {
  return given(env.SVC_HOSTNAME) ?? given(env.HOST_HOSTNAME) ?? settings.hostname.default
}

/** The group a worker joins: `SVC_GROUP`, else `default`. */
export function workerGroup(env: Environment = process.env): string {
  return given(env.SVC_GROUP) ?? settings.group.default
}

/** The name of a worker: `SVC_NAME`, else the script's name without its extension, else `node`. */
export function workerName(env: Environment = process.env, script = process.argv[1]): string {
  return given(env.SVC_NAME) ?? (script === undefined ? 'node' : basename(script, extname(script)))
}
