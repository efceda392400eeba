import { settings } from './setting-table.js'
import type { Setting } from './setting-table.js'

/** What is read from the environment alone. */
const only = {
  SVC_CONFIG: 'The file of settings that svc reads; else svc.yaml in muster below $XDG_CONFIG_HOME or ~/.config, or /etc/muster/svc.yaml',
  SVC_ZOOKEEPER_PASSWORD: 'The password of the user in zookeeper://user@host, so that it is in no URL',
  SVC_RABBITMQ_PASSWORD: 'The password for a RabbitMQ whose URL names a user alone',
  SVC_TOKEN: 'The token that svc shows to a server, or to a Nova that it reads; goes before SVC_TOKEN_FILE',
  SVC_ACTOR: 'Who changes services, for the history; else this user on this host',
  HOST_HOSTNAME: 'For containers: the name of the host outside',
  XDG_STATE_HOME: 'The embedded store is in muster below it; else in ~/.local/state/muster',
  XDG_CONFIG_HOME: 'svc.yaml is looked for in muster below it; else in ~/.config/muster',
  CLIFF_MAX_TERM_WIDTH: 'As --max-width of a list: wrap its cells to fit into so many columns',
  CLIFF_FIT_WIDTH: '1, as --fit-width of a list: wrap its cells to fit into the terminal',
  NO_COLOR: 'Anything but nothing: no colours and no signs; nor with CLICOLOR=0, FORCE_COLOR=0 or TERM=dumb',
  FORCE_COLOR: '1: colours in a pipe too; so does CLICOLOR_FORCE=1',
} as const

const describe = ({ variable, meaning, otherwise }: Setting): [string, string] => [variable, otherwise === undefined ? meaning : `${meaning}; else ${otherwise}`]

/**
 * Every variable of the environment that Muster itself reads: what it says, and what holds without it. `svc help
 * environment` prints this table, and a test compares it with the sources.
 */
export const environmentVariables: Readonly<Record<string, string>> = { ...Object.fromEntries(Object.values(settings).map(describe)), ...only }
