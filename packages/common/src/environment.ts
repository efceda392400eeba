/**
 * Every variable of the environment that Muster itself reads: what it says, and what holds without it. `svc help
 * environment` prints this table, and a test compares it with the sources.
 */
export const environmentVariables = {
  SVC_ENDPOINT: 'The server that reading commands ask, e.g. http://127.0.0.1:8999; goes before SVC_BACKEND',
  SVC_BACKEND: 'The backend to read, join and serve, e.g. zookeeper://zk1,zk2,zk3; else the embedded store',
  SVC_ZOOKEEPER_PASSWORD: 'The password of the user in zookeeper://user@host, so that it is in no URL',
  SVC_GROUP: 'The group that a worker joins; else default',
  SVC_NAME: 'The name of a worker; else that of its command or script',
  SVC_HOSTNAME: 'The name of this host in lists; else HOST_HOSTNAME, else the system\'s',
  SVC_ACTOR: 'Who changes services, for the history; else this user on this host',
  SVC_HOST: 'The address that svc serve listens on; else 127.0.0.1',
  SVC_PORT: 'The port that svc serve listens on; else 8999',
  SVC_LOG: 'How much is logged: debug, info, warn, error, silent; else info. With debug, svc adds to an error where it comes from',
  HOST_HOSTNAME: 'For containers: the name of the host outside',
  XDG_STATE_HOME: 'The embedded store is in muster below it; else in ~/.local/state/muster',
  CLIFF_MAX_TERM_WIDTH: 'As --max-width of a list: wrap its cells to fit into so many columns',
  CLIFF_FIT_WIDTH: '1, as --fit-width of a list: wrap its cells to fit into the terminal',
  NO_COLOR: 'Anything but nothing: no colours and no signs; nor with CLICOLOR=0, FORCE_COLOR=0 or TERM=dumb',
  FORCE_COLOR: '1: colours in a pipe too; so does CLICOLOR_FORCE=1',
} as const satisfies Readonly<Record<string, string>>
